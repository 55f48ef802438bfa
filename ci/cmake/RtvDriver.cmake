# SPDX-License-Identifier: Apache-2.0
# The driver as sources: it has no binary form, because every port compiles it with a port header
# of its own (driver/include/virtio/ says what that header has to offer). This module is used in
# this tree and, installed, by find_package(rt-virtio).
include_guard(GLOBAL)

# The driver folder: beside the installed module, or the one of this tree.
if(NOT RTV_DRIVER_DIR)
    get_filename_component(RTV_DRIVER_DIR "${CMAKE_CURRENT_LIST_DIR}/../../driver" ABSOLUTE)
endif()
# RTV_DRIVER_SOURCES and RTV_DISCOVERY_SOURCES, relative to the driver folder.
include("${RTV_DRIVER_DIR}/sources.cmake")
set_property(GLOBAL PROPERTY RTV_DRIVER_DIR "${RTV_DRIVER_DIR}")
set_property(GLOBAL PROPERTY RTV_DRIVER_SOURCES "${RTV_DRIVER_SOURCES}")
set_property(GLOBAL PROPERTY RTV_DISCOVERY_SOURCES "${RTV_DISCOVERY_SOURCES}")

# What every library made of the driver's sources is compiled with.
function(_rtv_driver_library target)
    target_compile_options(${target} PRIVATE -ffreestanding)
    set_target_properties(${target} PROPERTIES
        C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)
    # In this tree only; another project holds the driver to its own flags.
    foreach(extra IN ITEMS rtv_warnings rtv_instrument)
        if(TARGET ${extra})
            target_link_libraries(${target} PRIVATE ${extra})
        endif()
    endforeach()
endfunction()

# rtv_add_driver(<target> PORT_DIR <dir> [DRIVER_DIR <dir>])
#
# Makes the static library <target>: the driver compiled freestanding for the port whose
# virtio_port.h lies in PORT_DIR. What links it gets the public headers and the port's. DRIVER_DIR
# is another copy of the driver folder, for builds of altered drivers.
function(rtv_add_driver target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "PORT_DIR;DRIVER_DIR" "")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "rtv_add_driver(${target}): unknown: ${arg_UNPARSED_ARGUMENTS}")
    endif()
    if(NOT arg_PORT_DIR)
        message(FATAL_ERROR "rtv_add_driver(${target}): PORT_DIR is missing")
    endif()
    get_filename_component(port_dir "${arg_PORT_DIR}" ABSOLUTE)
    if(NOT EXISTS "${port_dir}/virtio_port.h")
        message(FATAL_ERROR "rtv_add_driver(${target}): no virtio_port.h in ${port_dir}")
    endif()

    get_property(dir GLOBAL PROPERTY RTV_DRIVER_DIR)
    if(arg_DRIVER_DIR)
        get_filename_component(dir "${arg_DRIVER_DIR}" ABSOLUTE)
    endif()
    get_property(sources GLOBAL PROPERTY RTV_DRIVER_SOURCES)
    list(TRANSFORM sources PREPEND "${dir}/")

    add_library(${target} STATIC ${sources})
    target_include_directories(${target} PUBLIC "${dir}/include" "${port_dir}")
    _rtv_driver_library(${target})
endfunction()

# rtv_add_discovery(<target> [LIBFDT <target>])
#
# Makes the static library <target>: device-tree discovery (virtio/virtio_discovery.h), for any
# port. LIBFDT has libfdt's headers and is linked with it; without, the system's (-lfdt).
function(rtv_add_discovery target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "LIBFDT" "")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "rtv_add_discovery(${target}): unknown: ${arg_UNPARSED_ARGUMENTS}")
    endif()
    if(NOT arg_LIBFDT)
        set(arg_LIBFDT fdt)
    elseif(NOT TARGET ${arg_LIBFDT})
        message(FATAL_ERROR "rtv_add_discovery(${target}): LIBFDT ${arg_LIBFDT} is no target")
    endif()
    get_property(dir GLOBAL PROPERTY RTV_DRIVER_DIR)
    get_property(sources GLOBAL PROPERTY RTV_DISCOVERY_SOURCES)
    list(TRANSFORM sources PREPEND "${dir}/")

    add_library(${target} STATIC ${sources})
    target_include_directories(${target} PUBLIC "${dir}/include")
    target_link_libraries(${target} PUBLIC ${arg_LIBFDT})
    # libfdt's headers are not held to our warnings.
    if(TARGET ${arg_LIBFDT})
        target_include_directories(${target} SYSTEM PUBLIC
            $<TARGET_PROPERTY:${arg_LIBFDT},INTERFACE_INCLUDE_DIRECTORIES>)
    endif()
    _rtv_driver_library(${target})
endfunction()
