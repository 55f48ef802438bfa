# SPDX-License-Identifier: Apache-2.0
# Script (cmake -P): prints the value at WHERE (member names and indices, separated by blanks; a
# last LENGTH: the number of members) of the JSON text in FILE. Fails when the text is not JSON.
file(READ "${FILE}" text)
separate_arguments(where UNIX_COMMAND "${WHERE}")
set(mode GET)
list(GET where -1 last)
if(last STREQUAL "LENGTH")
    list(POP_BACK where)
    set(mode LENGTH)
endif()
string(JSON value ${mode} "${text}" ${where})
execute_process(COMMAND "${CMAKE_COMMAND}" -E echo "${value}")
