-- Spreads MemScope's tables over a Citus cluster, by process. For an operator, once, on the coordinator, with the server stopped:
--
--   1. let a server of this version migrate the database, and stop it;
--   2. add the workers: SELECT citus_add_node('worker-1', 5432); and so on;
--   3. psql -v ON_ERROR_STOP=1 -1 -f scale/citus.sql memscope
--
-- One process' rows lie on one node, so that everything a page asks of a process is answered there. What is not named here stays on the coordinator: captures with their chunks, symbol
-- files with what tools and servers said of them, shares, tokens, the audit log, idempotency keys and the list of migrations. A test compares this script with the schema.
--
-- Made for Citus 13.2 on PostgreSQL 15. On a database that is in use, create_distributed_table_concurrently moves the rows without a lock; it cannot run inside a transaction (leave out -1).

CREATE EXTENSION IF NOT EXISTS citus;

-- Small, rarely written, and what all others refer to: a copy on every node.
SELECT create_reference_table('process');

-- Those that others refer to come before these.
SELECT create_distributed_table('process_state', 'process_id', colocate_with => 'none');
SELECT create_distributed_table('track', 'process_id', colocate_with => 'process_state');
SELECT create_distributed_table('upload', 'process_id', colocate_with => 'process_state');
SELECT create_distributed_table('snapshot', 'process_id', colocate_with => 'process_state');
SELECT create_distributed_table('snapshot_block', 'process_id', colocate_with => 'process_state');
SELECT create_distributed_table('side_figures', 'process_id', colocate_with => 'process_state');
SELECT create_distributed_table('region', 'process_id', colocate_with => 'process_state');
SELECT create_distributed_table('region_alias', 'process_id', colocate_with => 'process_state');
SELECT create_distributed_table('trace', 'process_id', colocate_with => 'process_state');
SELECT create_distributed_table('trace_block', 'process_id', colocate_with => 'process_state');
SELECT create_distributed_table('trace_move', 'process_id', colocate_with => 'process_state');
SELECT create_distributed_table('heap_profile', 'process_id', colocate_with => 'process_state');
SELECT create_distributed_table('heap_profile_block', 'process_id', colocate_with => 'process_state');
SELECT create_distributed_table('stack_module', 'process_id', colocate_with => 'process_state');
SELECT create_distributed_table('code_map', 'process_id', colocate_with => 'process_state');
SELECT create_distributed_table('note', 'process_id', colocate_with => 'process_state');
SELECT create_distributed_table('verdict', 'process_id', colocate_with => 'process_state');
SELECT create_distributed_table('finding', 'process_id', colocate_with => 'process_state');
