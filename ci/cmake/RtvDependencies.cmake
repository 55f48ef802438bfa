# SPDX-License-Identifier: Apache-2.0
# Finding what the build needs from the system, with a message that says what is missing, which
# Debian package has it, and how to get it. All that is missing is collected first and told at once
# by rtv_report_missing().
include_guard(GLOBAL)

function(_rtv_missing what package)
    set_property(GLOBAL APPEND PROPERTY RTV_MISSING "${what} (Debian package ${package})")
endfunction()

# rtv_require_program(<variable> <program> <package>): the program's path in the cache.
function(rtv_require_program var program package)
    find_program(${var} NAMES ${program} PATHS /usr/sbin /sbin)
    if(NOT ${var})
        _rtv_missing("program ${program}" ${package})
    endif()
endfunction()

# rtv_require_library(<target> <header> <library> <package>): an imported target.
function(rtv_require_library target header library package)
    if(TARGET ${target})
        return()
    endif()
    string(MAKE_C_IDENTIFIER "RTV_${library}" id)
    find_path(${id}_INCLUDE_DIR NAMES ${header})
    find_library(${id}_LIBRARY NAMES ${library})
    mark_as_advanced(${id}_INCLUDE_DIR ${id}_LIBRARY)
    if(NOT ${id}_INCLUDE_DIR OR NOT ${id}_LIBRARY)
        _rtv_missing("library ${library} with <${header}>" ${package})
        return()
    endif()
    add_library(${target} UNKNOWN IMPORTED GLOBAL)
    set_target_properties(${target} PROPERTIES
        IMPORTED_LOCATION "${${id}_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${${id}_INCLUDE_DIR}")
endfunction()

# Stops the configuration when anything required so far was not found.
function(rtv_report_missing)
    get_property(missing GLOBAL PROPERTY RTV_MISSING)
    if(missing)
        list(REMOVE_DUPLICATES missing)
        list(JOIN missing "\n  " lines)
        message(FATAL_ERROR "Missing:\n  ${lines}\nRun ci/setup to install what is missing.")
    endif()
endfunction()
