# SPDX-License-Identifier: Apache-2.0
# rtv_warnings: the warnings that all our code is held to, for gcc 12 and clang 14 alike, as a
# usage requirement. Link it PRIVATE.
include_guard(GLOBAL)

option(RTV_WERROR "Treat compiler warnings as errors" ON)

add_library(rtv_warnings INTERFACE)
target_compile_options(rtv_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes
    -Wmissing-prototypes -Wcast-qual -Wwrite-strings -Wundef -Wvla
    $<$<BOOL:${RTV_WERROR}>:-Werror>)
