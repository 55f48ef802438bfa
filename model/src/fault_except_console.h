/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the console differs from what the common rows of the fault table allow: included in a table
 * of fault_table.c. {fault, outcomes allowed instead, why}.
 */
