# SPDX-License-Identifier: Apache-2.0
# Script (cmake -P): install, configure the consumer, build it, run it. Any step that fails stops.
# In: BUILD_DIR, CONSUMER_DIR, SCRATCH_DIR, GENERATOR, C_COMPILER, BUILD_TYPE.

function(step)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE result)
    if(NOT result EQUAL 0)
        list(JOIN ARGN " " line)
        message(FATAL_ERROR "failed (${result}): ${line}")
    endif()
endfunction()

file(REMOVE_RECURSE "${SCRATCH_DIR}")
file(MAKE_DIRECTORY "${SCRATCH_DIR}")
# Moved after the installation: a package that keeps an absolute path breaks here.
step("${CMAKE_COMMAND}" --install "${BUILD_DIR}" --prefix "${SCRATCH_DIR}/first")
file(RENAME "${SCRATCH_DIR}/first" "${SCRATCH_DIR}/prefix")

step("${CMAKE_COMMAND}" -S "${CONSUMER_DIR}" -B "${SCRATCH_DIR}/build" -G "${GENERATOR}"
    "-DCMAKE_C_COMPILER=${C_COMPILER}" "-DCMAKE_BUILD_TYPE=${BUILD_TYPE}"
    "-DCMAKE_PREFIX_PATH=${SCRATCH_DIR}/prefix" -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF)
step("${CMAKE_COMMAND}" --build "${SCRATCH_DIR}/build")
step("${SCRATCH_DIR}/build/consumer")
step("${SCRATCH_DIR}/build/consumer-driver")
step("${SCRATCH_DIR}/build/consumer-discovery")
