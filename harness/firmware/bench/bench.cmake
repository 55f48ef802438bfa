# SPDX-License-Identifier: Apache-2.0
# What the driver costs on a board: images that measure it, the driver compiled for its size, and
# the tests that hold both to harness/boards/budget.tsv.

set(bench_sources
    app/args.c
    app/mailbox_client.c
    app/windows.c
    bench/bench_blk.c
    bench/bench_console.c
    bench/bench_gpu.c
    bench/bench_input.c
    bench/bench_main.c
    bench/bench_meter.c
    bench/bench_net.c)

# ---- instructions, register accesses, stack ----

function(rtv_bench_objects target driver port)
    add_library(${target} OBJECT ${bench_sources} ${ARGN})
    # The port's folder first: traced/ has a virtio_port.h as well, beside what is wanted of it.
    target_include_directories(${target} PRIVATE bench app "${port}" traced "${scenarios_dir}")
    target_link_libraries(${target} PUBLIC ${driver} rtv_discovery PRIVATE rtv_firmware_headers)
endfunction()

# rtv_bench_driver(<target> <board> <option>...): the driver with options of its own. Of several
# -O on a command line the last one counts.
function(rtv_bench_driver target board)
    rtv_add_driver(${target} PORT_DIR "${port_dir}")
    target_compile_options(${target} PRIVATE ${ARGN})
    target_link_libraries(${target} PUBLIC rtv_port_${board} PRIVATE rtv_freestanding)
endfunction()

# rtv_firmware_bench(<board> LINK_SCRIPT <file> IMAGE_BASE <address>): firmware/<board>-bench.elf
# with the driver at -O2, whose instructions are counted, and firmware/<board>-bench-watched.elf
# with the watched port, whose register accesses are. <board>-bench-os.elf, with the driver at -Os,
# is made when it is asked for.
function(rtv_firmware_bench board)
    rtv_bench_driver(rtv_driver_o2_${board} ${board} -O2)
    rtv_bench_objects(rtv_bench_${board} rtv_driver_o2_${board} "${port_dir}"
        bench/bench_unwatched.c)
    rtv_bench_objects(rtv_bench_watched_${board} rtv_traced_${board} "${traced_dir}"
        bench/bench_watched.c traced/trace.c)
    rtv_firmware_image(${board}-bench BOARD ${board} ${ARGN} OBJECTS rtv_bench_${board})
    rtv_firmware_image(${board}-bench-watched BOARD ${board} ${ARGN}
        OBJECTS rtv_bench_watched_${board})

    rtv_bench_driver(rtv_driver_os_${board} ${board} -Os)
    rtv_bench_objects(rtv_bench_os_${board} rtv_driver_os_${board} "${port_dir}"
        bench/bench_unwatched.c)
    rtv_firmware_image(${board}-bench-os BOARD ${board} ${ARGN} OBJECTS rtv_bench_os_${board})
    set_target_properties(rtv_driver_os_${board} rtv_bench_os_${board} ${board}-bench-os.elf
        PROPERTIES EXCLUDE_FROM_ALL ON)
endfunction()

# ---- sizes ----

# rtv_bench_sizes(<build> <board> <option>...): driver, port and discovery in an archive, and linked
# with the smallest application.
function(rtv_bench_sizes build board)
    set(target rtv_size_${board}_${build})
    rtv_bench_driver(${target} ${board} ${ARGN})
    set(port virtio_bare_dma.c virtio_bare_log.c virtio_bare_memory.c virtio_bare_time.c)
    if("-DVIRTIO_BARE_NO_LOG" IN_LIST ARGN)
        list(REMOVE_ITEM port virtio_bare_log.c)
    endif()
    list(TRANSFORM port PREPEND "${port_dir}/")
    get_property(discovery GLOBAL PROPERTY RTV_DISCOVERY_SOURCES)
    list(TRANSFORM discovery PREPEND "${PROJECT_SOURCE_DIR}/driver/")
    target_sources(${target} PRIVATE ${port} ${discovery})
    target_include_directories(${target} SYSTEM PRIVATE
        $<TARGET_PROPERTY:rtv_libfdt_target,INTERFACE_INCLUDE_DIRECTORIES>)

    add_executable(${board}-linked-blk-${build}.elf bench/linked_blk.c)
    target_compile_options(${board}-linked-blk-${build}.elf PRIVATE ${ARGN})
    target_link_libraries(${board}-linked-blk-${build}.elf
        PRIVATE ${target} rtv_firmware_lib rtv_firmware_headers)
    set(script "${CMAKE_CURRENT_SOURCE_DIR}/bench/linked.ld")
    target_link_options(${board}-linked-blk-${build}.elf PRIVATE
        "LINKER:-T,${script}" LINKER:--gc-sections,--build-id=none,--fatal-warnings)
    set_target_properties(${board}-linked-blk-${build}.elf PROPERTIES
        LINK_DEPENDS "${script}"
        RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/firmware")
endfunction()

set(size_builds Os Os-nolog O2 O2-nolog)
function(rtv_firmware_sizes board)
    rtv_bench_sizes(Os ${board} -Os)
    rtv_bench_sizes(Os-nolog ${board} -Os -DVIRTIO_BARE_NO_LOG)
    rtv_bench_sizes(O2 ${board} -O2)
    rtv_bench_sizes(O2-nolog ${board} -O2 -DVIRTIO_BARE_NO_LOG)
endfunction()

# ---- tests ----

# rtv_firmware_budget(<board>). Figures of other compilers have no budget.
function(rtv_firmware_budget board)
    set(budget "${PROJECT_SOURCE_DIR}/harness/boards/budget.tsv")
    if(NOT CMAKE_C_COMPILER_ID STREQUAL "GNU")
        return()
    endif()
    add_test(NAME budget:${board}:cost
        COMMAND "${RTV_VIRTIO_BOARD}" --bench --board ${board}
                --firmware $<TARGET_FILE:${board}-bench.elf>
                --watched $<TARGET_FILE:${board}-bench-watched.elf> --budget "${budget}")
    set_tests_properties(budget:${board}:cost PROPERTIES LABELS qemu TIMEOUT 300)
    if(NOT TARGET rtv_size_${board}_Os)
        return()
    endif()
    string(REGEX REPLACE "gcc$" "size" size "${CMAKE_C_COMPILER}")
    foreach(build IN LISTS size_builds)
        list(APPEND files "${build}=$<TARGET_FILE:rtv_size_${board}_${build}>,\
$<TARGET_FILE:${board}-linked-blk-${build}.elf>")
    endforeach()
    add_test(NAME budget:${board}:size
        COMMAND "${PROJECT_SOURCE_DIR}/harness/boards/sizes" --board ${board} --size "${size}"
                --virtio-board "${RTV_VIRTIO_BOARD}" --budget "${budget}" ${files})
    set_tests_properties(budget:${board}:size PROPERTIES LABELS qemu TIMEOUT 60)
endfunction()
