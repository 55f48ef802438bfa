# SPDX-License-Identifier: Apache-2.0
# Script (cmake -P): writes to OUT one add_test for each test that the Criterion program EXE lists.
# In: NAME, EXE, OUT, LABELS (list), TIMEOUT (seconds).

# A filter that matches nothing and a leak both leave Criterion's exit code at 0.
set(fail_regex "Tested: 0 ;LeakSanitizer;ERROR: AddressSanitizer;runtime error:")

execute_process(
    COMMAND "${CMAKE_COMMAND}" -E env LC_ALL=C "${EXE}" --list --color=never
    OUTPUT_VARIABLE listing
    ERROR_VARIABLE errors
    RESULT_VARIABLE result)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "${EXE} --list failed (${result}):\n${listing}${errors}")
endif()

# "suite: 2 tests" lines, each followed by "|-- test" and "`-- test (skipped)" lines.
string(REPLACE "\n" ";" lines "${listing}")
set(suite)
set(count 0)
set(content "# Written after the build of ${NAME}.\n")
foreach(line IN LISTS lines)
    if(line MATCHES "^([A-Za-z_0-9]+): [0-9]+ tests?$")
        set(suite "${CMAKE_MATCH_1}")
    elseif(line MATCHES "^[|`]-- ([A-Za-z_0-9]+)( \\(skipped\\))?$")
        set(test "${suite}/${CMAKE_MATCH_1}")
        set(disabled FALSE)
        if(CMAKE_MATCH_2)
            set(disabled TRUE)
        endif()
        string(APPEND content
            "add_test([==[${NAME}:${test}]==] [==[${EXE}]==] --filter [==[${test}]==] "
            "--jobs 1 --color=never)\n"
            "set_tests_properties([==[${NAME}:${test}]==] PROPERTIES "
            "LABELS [==[${LABELS}]==] TIMEOUT ${TIMEOUT} DISABLED ${disabled} "
            "FAIL_REGULAR_EXPRESSION [==[${fail_regex}]==])\n")
        math(EXPR count "${count} + 1")
    endif()
endforeach()
if(count EQUAL 0)
    message(FATAL_ERROR "${EXE} --list names no test:\n${listing}${errors}")
endif()
file(WRITE "${OUT}" "${content}")
