# SPDX-License-Identifier: Apache-2.0
# Writes the file BLOB as a C array NAME, with NAME_size, into OUT.
cmake_minimum_required(VERSION 3.25)
file(READ "${BLOB}" hex HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
file(WRITE "${OUT}" "/* Made from a device tree blob. */\n#include <stddef.h>\n"
    "extern const unsigned char ${NAME}[];\nextern const size_t ${NAME}_size;\n"
    "const unsigned char ${NAME}[] = {\n${bytes}\n};\n"
    "const size_t ${NAME}_size = sizeof(${NAME});\n")
