# SPDX-License-Identifier: Apache-2.0
# Script (cmake -P): configures BINARY_DIR from SOURCE_DIR for the build machine, with the compiler
# HOST_CC, and builds TARGETS there. Two builds for different boards may do so at the same time.

file(LOCK "${BINARY_DIR}" DIRECTORY GUARD PROCESS TIMEOUT 900 RESULT_VARIABLE lock)
if(NOT lock EQUAL 0)
    message(FATAL_ERROR "${BINARY_DIR}: another build has held it for 15 minutes (${lock})")
endif()

# Compiler, flags and toolchain in the environment are meant for the target.
set(clean "${CMAKE_COMMAND}" -E env
    --unset=CC --unset=CFLAGS --unset=CPPFLAGS --unset=LDFLAGS --unset=CMAKE_TOOLCHAIN_FILE
    --unset=CMAKE_GENERATOR --unset=CMAKE_BUILD_TYPE "${CMAKE_COMMAND}")

# step(<what> <command>...): output only when it fails.
function(step what)
    execute_process(COMMAND ${clean} ${ARGN}
        RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT result EQUAL 0)
        # As it came: FATAL_ERROR would break it into paragraphs.
        message(NOTICE "${output}")
        message(FATAL_ERROR "Host tools: ${what} failed (${result}) in ${BINARY_DIR}")
    endif()
endfunction()

step(configuration -S "${SOURCE_DIR}" -B "${BINARY_DIR}" -G Ninja
    "-DCMAKE_C_COMPILER=${HOST_CC}"
    -DCMAKE_BUILD_TYPE=Release "-DCMAKE_C_FLAGS_RELEASE=-O2")
step(build --build "${BINARY_DIR}" --target ${TARGETS})
