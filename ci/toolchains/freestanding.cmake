# SPDX-License-Identifier: Apache-2.0
# Shared by the toolchain files of this folder: a machine without an operating system.
set(CMAKE_SYSTEM_NAME Generic)
# Nothing links before the firmware's own start-up code and linker script are there.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
# Programs are the build machine's; its headers and libraries are none of ours.
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# rtv_toolchain_program(<program> <package>): stops with a message when it is not there.
function(rtv_toolchain_program program package)
    string(MAKE_C_IDENTIFIER "RTV_PROGRAM_${program}" var)
    find_program(${var} NAMES ${program})
    mark_as_advanced(${var})
    if(NOT ${var})
        message(FATAL_ERROR "Missing: program ${program} (Debian package ${package}).\n"
                            "Run ci/setup to install what is missing.")
    endif()
endfunction()

# rtv_toolchain_gcc(<program> <package> <flag>...)
macro(rtv_toolchain_gcc program package)
    rtv_toolchain_program(${program} ${package})
    set(CMAKE_C_COMPILER ${program})
    set(CMAKE_ASM_COMPILER ${program})
    string(JOIN " " CMAKE_C_FLAGS_INIT ${ARGN})
    set(CMAKE_ASM_FLAGS_INIT "${CMAKE_C_FLAGS_INIT}")
    set(CMAKE_EXE_LINKER_FLAGS_INIT "-nostdlib -static")
endmacro()

# rtv_toolchain_clang(<target> <flag>...): clang with lld, and nothing else for the target.
macro(rtv_toolchain_clang target)
    rtv_toolchain_program(clang clang)
    rtv_toolchain_program(ld.lld lld)
    set(CMAKE_C_COMPILER clang)
    set(CMAKE_ASM_COMPILER clang)
    set(CMAKE_C_COMPILER_TARGET ${target})
    set(CMAKE_ASM_COMPILER_TARGET ${target})
    string(JOIN " " CMAKE_C_FLAGS_INIT ${ARGN})
    set(CMAKE_ASM_FLAGS_INIT "${CMAKE_C_FLAGS_INIT}")
    set(CMAKE_EXE_LINKER_FLAGS_INIT "-nostdlib -static -fuse-ld=lld")
endmacro()
