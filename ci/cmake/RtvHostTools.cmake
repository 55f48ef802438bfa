# SPDX-License-Identifier: Apache-2.0
# Programs of this tree that run on the build machine, in a build whose compiler is for another: a
# host build of their own, in build/host-tools, shared by all boards. RTV_VIRTIO_BOARD is the path
# of the program virtio-board; the target rtv_host_tools brings it up to date.
include_guard(GLOBAL)

set(RTV_HOST_TOOLS "" CACHE PATH
    "A host build of this tree to take virtio-board from; empty: make one in build/host-tools")
set(RTV_HOST_CC cc CACHE STRING "C compiler for programs of the build machine")

if(RTV_HOST_TOOLS)
    get_filename_component(_rtv_host_dir "${RTV_HOST_TOOLS}" ABSOLUTE)
    set(RTV_VIRTIO_BOARD "${_rtv_host_dir}/harness/virtio-board")
    if(NOT EXISTS "${RTV_VIRTIO_BOARD}")
        message(FATAL_ERROR "RTV_HOST_TOOLS: no ${RTV_VIRTIO_BOARD}; expected a host build folder "
                            "of this tree, with its target virtio-board built")
    endif()
    add_custom_target(rtv_host_tools)
    return()
endif()

set(_rtv_host_dir "${PROJECT_SOURCE_DIR}/build/host-tools")
set(RTV_VIRTIO_BOARD "${_rtv_host_dir}/harness/virtio-board")
# Each time: whether there is anything to do is that build's to know.
add_custom_target(rtv_host_tools ALL
    COMMAND "${CMAKE_COMMAND}"
            "-DSOURCE_DIR=${PROJECT_SOURCE_DIR}" "-DBINARY_DIR=${_rtv_host_dir}"
            "-DHOST_CC=${RTV_HOST_CC}" "-DTARGETS=virtio-board"
            -P "${CMAKE_CURRENT_LIST_DIR}/RtvHostToolsBuild.cmake"
    BYPRODUCTS "${RTV_VIRTIO_BOARD}"
    COMMENT "Host tools: build/host-tools"
    VERBATIM)
