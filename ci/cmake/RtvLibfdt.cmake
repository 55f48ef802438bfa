# SPDX-License-Identifier: Apache-2.0
# rtv::libfdt_target: libfdt for a machine without an operating system, compiled from its source.
# rtv_add_libfdt(<target that gives string.h, stdlib.h and limits.h, and the flags>)
include_guard(GLOBAL)

set(RTV_LIBFDT_SOURCE_DIR "" CACHE PATH
    "Source of libfdt: its folder in a checkout of dtc, U-Boot, ..., or a tree with lib/libfdt. \
Empty: the environment variable of this name, or build/third-party/libfdt (ci/setup)")

# What reading and patching a device tree takes; overlays and writing one from nothing stay out.
set(_rtv_libfdt_files fdt.c fdt_addresses.c fdt_ro.c fdt_rw.c fdt_strerror.c fdt_wip.c)

function(rtv_add_libfdt environment)
    set(fetched "${PROJECT_SOURCE_DIR}/build/third-party/libfdt")
    set(given "${RTV_LIBFDT_SOURCE_DIR}")
    if(NOT given)
        set(given "$ENV{RTV_LIBFDT_SOURCE_DIR}")
    endif()
    if(NOT given)
        set(given "${fetched}")
    endif()
    unset(source)
    foreach(dir IN ITEMS "" /libfdt /lib/libfdt /scripts/dtc/libfdt)
        if(EXISTS "${given}${dir}/fdt.c")
            set(source "${given}${dir}")
            break()
        endif()
    endforeach()
    if(NOT source)
        message(FATAL_ERROR
            "No source of libfdt (RTV_LIBFDT_SOURCE_DIR): no fdt.c in\n  ${given}\n"
            "nor in libfdt, lib/libfdt or scripts/dtc/libfdt below it. On Debian, ci/setup puts it "
            "into\n  ${fetched}\n"
            "Elsewhere, point the CMake variable RTV_LIBFDT_SOURCE_DIR at a checkout of the device "
            "tree compiler (dtc 1.6.1 or later), of Trusted Firmware-A or of U-Boot.")
    endif()
    # Trusted Firmware-A has the headers in a folder of their own.
    unset(headers)
    foreach(dir IN ITEMS "${source}" "${source}/../../include/lib/libfdt")
        if(EXISTS "${dir}/libfdt.h")
            get_filename_component(headers "${dir}" ABSOLUTE)
            break()
        endif()
    endforeach()
    if(NOT headers)
        message(FATAL_ERROR "RTV_LIBFDT_SOURCE_DIR: ${source} has fdt.c, but there is no libfdt.h "
                            "beside it or in ../../include/lib/libfdt")
    endif()
    file(STRINGS "${headers}/libfdt.h" has_cells REGEX "fdt_address_cells")
    if(NOT has_cells)
        message(FATAL_ERROR "RTV_LIBFDT_SOURCE_DIR: ${headers}/libfdt.h does not know "
                            "fdt_address_cells; expected libfdt 1.6.1 or later")
    endif()

    list(TRANSFORM _rtv_libfdt_files PREPEND "${source}/" OUTPUT_VARIABLE files)
    add_library(rtv_libfdt_target STATIC ${files})
    add_library(rtv::libfdt_target ALIAS rtv_libfdt_target)
    # Not our code, and not held to our warnings.
    target_include_directories(rtv_libfdt_target SYSTEM PUBLIC "${headers}" PRIVATE "${source}")
    target_compile_options(rtv_libfdt_target PRIVATE -w)
    target_link_libraries(rtv_libfdt_target PRIVATE ${environment})
endfunction()
