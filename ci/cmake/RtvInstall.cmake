# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts down: the model as a library with its headers, the driver as sources,
# and the package files for find_package(rt-virtio).
include_guard(GLOBAL)
include(CMakePackageConfigHelpers)

set(RTV_INSTALL_CMAKE "${CMAKE_INSTALL_LIBDIR}/cmake/rt-virtio")
set(RTV_INSTALL_DRIVER "${CMAKE_INSTALL_DATADIR}/rt-virtio/driver")

install(TARGETS rtv_model EXPORT rt-virtio-targets
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/model/include/virtio_model"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    FILES_MATCHING PATTERN "*.h")
install(EXPORT rt-virtio-targets
    NAMESPACE rt-virtio::
    DESTINATION "${RTV_INSTALL_CMAKE}")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/driver/"
    DESTINATION "${RTV_INSTALL_DRIVER}"
    PATTERN CMakeLists.txt EXCLUDE)

configure_package_config_file(
    "${CMAKE_CURRENT_LIST_DIR}/rt-virtio-config.cmake.in"
    "${PROJECT_BINARY_DIR}/rt-virtio-config.cmake"
    INSTALL_DESTINATION "${RTV_INSTALL_CMAKE}"
    PATH_VARS RTV_INSTALL_DRIVER)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/rt-virtio-config-version.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES
    "${PROJECT_BINARY_DIR}/rt-virtio-config.cmake"
    "${PROJECT_BINARY_DIR}/rt-virtio-config-version.cmake"
    "${CMAKE_CURRENT_LIST_DIR}/RtvDriver.cmake"
    DESTINATION "${RTV_INSTALL_CMAKE}")
