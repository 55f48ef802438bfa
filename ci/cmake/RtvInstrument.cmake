# SPDX-License-Identifier: Apache-2.0
# rtv_instrument: sanitizers and coverage counters as a usage requirement, off unless asked for.
# Link it PRIVATE to everything that we compile. RTV_INSTRUMENT_LINK is what another project has to
# add when it links a library that was built with them.
include_guard(GLOBAL)

option(RTV_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(RTV_COVERAGE "Build with coverage counters, and the target coverage-report" OFF)

add_library(rtv_instrument INTERFACE)
set(RTV_INSTRUMENT_LINK)

if(RTV_SANITIZE)
    # No recovery: a report that a program survives would leave its exit code at 0.
    target_compile_options(rtv_instrument INTERFACE
        -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    list(APPEND RTV_INSTRUMENT_LINK -fsanitize=address,undefined)
endif()

if(RTV_COVERAGE)
    target_compile_options(rtv_instrument INTERFACE --coverage -fprofile-update=atomic)
    list(APPEND RTV_INSTRUMENT_LINK --coverage)

    include(RtvDependencies)
    rtv_require_program(RTV_GCOVR gcovr gcovr)
    # Run the tests first; the figures are those of everything that ran in this build folder.
    add_custom_target(coverage-report
        COMMAND "${RTV_GCOVR}" --root "${PROJECT_SOURCE_DIR}"
                --filter "${PROJECT_SOURCE_DIR}/driver/" --filter "${PROJECT_SOURCE_DIR}/model/src/"
                --exclude-unreachable-branches --exclude-throw-branches
                --html-details coverage.html --xml coverage.xml --txt coverage.txt
                --print-summary "${PROJECT_BINARY_DIR}"
        WORKING_DIRECTORY "${PROJECT_BINARY_DIR}"
        COMMENT "Coverage of driver/ and model/: coverage.txt, coverage.html"
        VERBATIM)
endif()

target_link_options(rtv_instrument INTERFACE ${RTV_INSTRUMENT_LINK})
