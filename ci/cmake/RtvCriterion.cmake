# SPDX-License-Identifier: Apache-2.0
# Criterion suites in ctest, one entry a test.
include_guard(GLOBAL)

set(_RTV_CRITERION_DIR "${CMAKE_CURRENT_LIST_DIR}")

# rtv_add_criterion(<name> SOURCES <file>... [LIBS <target>...] [LABELS <label>...]
#                   [TIMEOUT <seconds>])
#
# Builds the executable <name> and, after each build, asks it for its tests and registers each as
# <name>:<suite>/<test>. LABELS defaults to "unit", TIMEOUT to 60.
function(rtv_add_criterion name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;LIBS;LABELS")
    if(arg_UNPARSED_ARGUMENTS OR NOT arg_SOURCES)
        message(FATAL_ERROR "rtv_add_criterion(${name}): SOURCES expected, "
                            "unknown: ${arg_UNPARSED_ARGUMENTS}")
    endif()
    if(NOT arg_LABELS)
        set(arg_LABELS unit)
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 60)
    endif()

    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE ${arg_LIBS} rtv::criterion rtv_warnings rtv_instrument)

    set(tests_file "${CMAKE_CURRENT_BINARY_DIR}/${name}_tests.cmake")
    set(include_file "${CMAKE_CURRENT_BINARY_DIR}/${name}_include.cmake")
    add_custom_command(TARGET ${name} POST_BUILD
        BYPRODUCTS "${tests_file}"
        COMMAND "${CMAKE_COMMAND}"
                "-DNAME=${name}" "-DEXE=$<TARGET_FILE:${name}>" "-DOUT=${tests_file}"
                "-DLABELS=${arg_LABELS}" "-DTIMEOUT=${arg_TIMEOUT}"
                -P "${_RTV_CRITERION_DIR}/RtvCriterionDiscover.cmake"
        VERBATIM)
    # Read by ctest each time it starts. A program that was not built must not pass unseen.
    file(WRITE "${include_file}"
        "if(EXISTS \"${tests_file}\")\n"
        "    include(\"${tests_file}\")\n"
        "else()\n"
        "    add_test(${name}_NOT_BUILT ${name}_NOT_BUILT)\n"
        "endif()\n")
    set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${include_file}")
endfunction()
