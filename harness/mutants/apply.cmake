# SPDX-License-Identifier: Apache-2.0
# Applies a mutant's patch to one file of the driver. In: NAME, PATCH, SOURCE (driver/...), ROOT
# (the folder that SOURCE is in), OUT (the altered file).
#
# patch(1) looks for the nearest place that fits, which for a short hunk may be the wrong one once
# the file has moved on. Here line numbers mean nothing: the old text of each hunk must occur in the
# file exactly once, or the build fails.
cmake_minimum_required(VERSION 3.25)

function(refuse why)
    message(FATAL_ERROR "mutant ${NAME}: ${PATCH} does not apply: ${why}")
endfunction()

# Replaces `old` by `new` in the caller's `text`; all are whole lines.
function(apply_hunk old new)
    string(FIND "\n${text}" "\n${old}" at)
    string(FIND "\n${text}" "\n${old}" last REVERSE)
    if(at EQUAL -1)
        refuse("${SOURCE} has not, and should have once:\n${old}")
    elseif(NOT at EQUAL last)
        refuse("${SOURCE} has more than once, and should have once:\n${old}")
    endif()
    string(LENGTH "${old}" length)
    math(EXPR end "${at} + ${length}")
    string(SUBSTRING "${text}" 0 ${at} before)
    string(SUBSTRING "${text}" ${end} -1 after)
    set(text "${before}${new}${after}" PARENT_SCOPE)
endfunction()

file(READ "${ROOT}/${SOURCE}" text)
file(READ "${PATCH}" rest)
set(ours FALSE) # inside the part for SOURCE
set(old)
set(new)
while(NOT rest STREQUAL "")
    string(FIND "${rest}" "\n" eol)
    if(eol EQUAL -1)
        refuse("its last line has no end")
    endif()
    string(SUBSTRING "${rest}" 0 ${eol} line)
    math(EXPR eol "${eol} + 1")
    string(SUBSTRING "${rest}" ${eol} -1 rest)

    if(line MATCHES "^(--- |\\+\\+\\+ |@@ |#)")
        if(NOT "${old}${new}" STREQUAL "")
            apply_hunk("${old}" "${new}")
        endif()
        set(old)
        set(new)
        if(line MATCHES "^--- a/(.*)$")
            string(COMPARE EQUAL "${CMAKE_MATCH_1}" "${SOURCE}" ours)
        endif()
    elseif(ours)
        string(SUBSTRING "${line}" 0 1 mark)
        string(SUBSTRING "${line}" 1 -1 line)
        if(NOT mark STREQUAL "+")
            string(APPEND old "${line}\n")
        endif()
        if(NOT mark STREQUAL "-")
            string(APPEND new "${line}\n")
        endif()
    endif()
endwhile()
if(NOT "${old}${new}" STREQUAL "")
    apply_hunk("${old}" "${new}")
endif()
file(WRITE "${OUT}" "${text}")
