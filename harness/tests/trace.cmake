# SPDX-License-Identifier: Apache-2.0
# One id gives one trace, byte for byte, everywhere. In: SWEEP (program), ID, GOLDEN (file).
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND "${SWEEP}" --replay "${ID}" RESULT_VARIABLE code OUTPUT_VARIABLE got
    ERROR_VARIABLE error)
file(READ "${GOLDEN}" expected)
if(code STREQUAL "0" AND got STREQUAL expected)
    return()
endif()
string(REPLACE ";" "," got "${got}")
string(REPLACE ";" "," expected "${expected}")
string(REPLACE "\n" ";" got "${got}")
string(REPLACE "\n" ";" expected "${expected}")
foreach(want have IN ZIP_LISTS expected got)
    if(NOT want STREQUAL have)
        message("first difference\n  expected ${want}\n  got      ${have}")
        break()
    endif()
endforeach()
message(FATAL_ERROR "exit code ${code}, expected 0 and the trace of ${GOLDEN}\n${error}\n"
    "renew it, if the difference is wanted: '${SWEEP}' --replay '${ID}' > '${GOLDEN}'")
