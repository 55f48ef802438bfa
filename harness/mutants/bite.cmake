# SPDX-License-Identifier: Apache-2.0
# One mutant against the sweep. In: NAME, PATCH (its "# Sweep:" line is the filter), BAD (the sweep
# with the broken driver), GOOD (the sweep with the driver as it is).
#
# Caught means: BAD reports at least one failed run (wrong outcome or data, breach, leak, crash or
# hang) and ends with 1, where GOOD passes with the same filter. Anything else is no catch.
cmake_minimum_required(VERSION 3.25)

file(STRINGS "${PATCH}" filter REGEX "^# Sweep: ")
list(LENGTH filter lines)
if(NOT lines EQUAL 1)
    message(FATAL_ERROR "mutant ${NAME}: ${PATCH} has ${lines} lines '# Sweep: ', expected one")
endif()
string(REPLACE "# Sweep: " "" filter "${filter}")
separate_arguments(arguments UNIX_COMMAND "${filter}")
# Mutants of the core show on the block device unless they say otherwise.
if(NOT "--device" IN_LIST arguments)
    list(APPEND arguments --device blk)
endif()

# ctest runs several mutants at a time. A crash is a verdict here: nobody reads its stack.
set(ENV{ASAN_OPTIONS} "$ENV{ASAN_OPTIONS}:symbolize=0")
function(sweep program code output)
    execute_process(COMMAND "${program}" --jobs 1 ${arguments}
        RESULT_VARIABLE result OUTPUT_VARIABLE out ERROR_VARIABLE err)
    set(${code} "${result}" PARENT_SCOPE)
    set(${output} "${out}${err}" PARENT_SCOPE)
endfunction()

sweep("${GOOD}" code output)
if(NOT code STREQUAL "0")
    message("${output}\n"
        "mutant ${NAME}: virtio-sweep ${filter}\n"
        "    ended with '${code}' for the unbroken driver, expected 0. Where that does not pass, a\n"
        "    failure of the broken one proves nothing.")
    message(FATAL_ERROR "mutant ${NAME}: nothing proved")
endif()

sweep("${BAD}" code output)
string(REGEX MATCH "(^|\n)(FAIL [^\n]+\n[^\n]+\n)" first "${output}")
set(first "${CMAKE_MATCH_2}")
if(code STREQUAL "1" AND NOT first STREQUAL "")
    string(REGEX MATCH "[^\n]+ scenarios, [^\n]+ failed [^\n]+" totals "${output}")
    message("mutant ${NAME}: caught (${totals})\n${first}")
    return()
endif()
message("${output}\n"
    "mutant ${NAME}: virtio-sweep-${NAME} ${filter}\n"
    "    ended with '${code}', expected 1 and a FAIL line.")
message(FATAL_ERROR "mutant ${NAME}: NOT caught")
