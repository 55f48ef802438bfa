/* SPDX-License-Identifier: Apache-2.0 */
#include "host_backend.h"

struct host_backend *host_current;
