// Holds the frozen border: where each member of each table lies, as the first release had it. A
// line here never changes; a table that grows gets lines at its end and a larger SIZE.
#include <cstddef>

#include "fluxmq/abi/api_handler.h"
#include "fluxmq/abi/authorizer.h"
#include "fluxmq/abi/base.h"
#include "fluxmq/abi/catalog.h"
#include "fluxmq/abi/command.h"
#include "fluxmq/abi/host.h"
#include "fluxmq/abi/log_dir.h"
#include "fluxmq/abi/log_store.h"
#include "fluxmq/abi/metadata_store.h"
#include "fluxmq/abi/partition.h"
#include "fluxmq/abi/plugin.h"
#include "fluxmq/abi/sasl_mechanism.h"
#include "fluxmq/abi/segment.h"

#if defined(__x86_64__) || defined(__aarch64__)
#define MEMBER(type, member, offset) static_assert(offsetof(type, member) == (offset))
#define SIZE(type, bytes) static_assert(sizeof(type) == (bytes))

// fluxmq_bytes
SIZE(fluxmq_bytes, 16);
MEMBER(fluxmq_bytes, data, 0);
MEMBER(fluxmq_bytes, size, 8);

// fluxmq_mutable_bytes
SIZE(fluxmq_mutable_bytes, 16);
MEMBER(fluxmq_mutable_bytes, data, 0);
MEMBER(fluxmq_mutable_bytes, size, 8);

// fluxmq_string
SIZE(fluxmq_string, 16);
MEMBER(fluxmq_string, data, 0);
MEMBER(fluxmq_string, size, 8);

// fluxmq_uuid
SIZE(fluxmq_uuid, 16);
MEMBER(fluxmq_uuid, bytes, 0);

// fluxmq_segment
SIZE(fluxmq_segment, 48);
MEMBER(fluxmq_segment, kind, 0);
MEMBER(fluxmq_segment, fd, 4);
MEMBER(fluxmq_segment, data, 8);
MEMBER(fluxmq_segment, offset, 16);
MEMBER(fluxmq_segment, length, 24);
MEMBER(fluxmq_segment, release, 32);
MEMBER(fluxmq_segment, release_context, 40);

// fluxmq_listener
SIZE(fluxmq_listener, 56);
MEMBER(fluxmq_listener, name, 0);
MEMBER(fluxmq_listener, security_protocol, 16);
MEMBER(fluxmq_listener, advertised_host, 32);
MEMBER(fluxmq_listener, advertised_port, 48);

// fluxmq_served_api
SIZE(fluxmq_served_api, 6);
MEMBER(fluxmq_served_api, api_key, 0);
MEMBER(fluxmq_served_api, min_version, 2);
MEMBER(fluxmq_served_api, max_version, 4);

// fluxmq_host
SIZE(fluxmq_host, 184);
MEMBER(fluxmq_host, size, 0);
MEMBER(fluxmq_host, reserved, 4);
MEMBER(fluxmq_host, self, 8);
MEMBER(fluxmq_host, find_interface, 16);
MEMBER(fluxmq_host, report_failure, 24);
MEMBER(fluxmq_host, log_enabled, 32);
MEMBER(fluxmq_host, log, 40);
MEMBER(fluxmq_host, config, 48);
MEMBER(fluxmq_host, config_is_set, 56);
MEMBER(fluxmq_host, loop_count, 64);
MEMBER(fluxmq_host, current_loop, 72);
MEMBER(fluxmq_host, post, 80);
MEMBER(fluxmq_host, defer, 88);
MEMBER(fluxmq_host, post_blocking, 96);
MEMBER(fluxmq_host, start_timer, 104);
MEMBER(fluxmq_host, cancel_timer, 112);
MEMBER(fluxmq_host, counter, 120);
MEMBER(fluxmq_host, served_apis, 128);
MEMBER(fluxmq_host, listeners, 136);
MEMBER(fluxmq_host, visit_configs, 144);
MEMBER(fluxmq_host, set_dynamic_configs, 152);
MEMBER(fluxmq_host, on_config_change, 160);
MEMBER(fluxmq_host, visit_loggers, 168);
MEMBER(fluxmq_host, set_log_level, 176);

// fluxmq_config_info
SIZE(fluxmq_config_info, 112);
MEMBER(fluxmq_config_info, size, 0);
MEMBER(fluxmq_config_info, type, 4);
MEMBER(fluxmq_config_info, flags, 8);
MEMBER(fluxmq_config_info, is_set, 12);
MEMBER(fluxmq_config_info, minimum, 16);
MEMBER(fluxmq_config_info, maximum, 24);
MEMBER(fluxmq_config_info, name, 32);
MEMBER(fluxmq_config_info, value, 48);
MEMBER(fluxmq_config_info, default_value, 64);
MEMBER(fluxmq_config_info, valid_values, 80);
MEMBER(fluxmq_config_info, documentation, 96);

// fluxmq_dynamic_config
SIZE(fluxmq_dynamic_config, 32);
MEMBER(fluxmq_dynamic_config, name, 0);
MEMBER(fluxmq_dynamic_config, value, 16);

// fluxmq_config_key
SIZE(fluxmq_config_key, 56);
MEMBER(fluxmq_config_key, name, 0);
MEMBER(fluxmq_config_key, type, 8);
MEMBER(fluxmq_config_key, flags, 12);
MEMBER(fluxmq_config_key, default_value, 16);
MEMBER(fluxmq_config_key, minimum, 24);
MEMBER(fluxmq_config_key, maximum, 32);
MEMBER(fluxmq_config_key, valid_values, 40);
MEMBER(fluxmq_config_key, documentation, 48);

// fluxmq_plugin
SIZE(fluxmq_plugin, 112);
MEMBER(fluxmq_plugin, magic, 0);
MEMBER(fluxmq_plugin, abi_major, 4);
MEMBER(fluxmq_plugin, sdk_minor, 6);
MEMBER(fluxmq_plugin, size, 8);
MEMBER(fluxmq_plugin, config_key_size, 12);
MEMBER(fluxmq_plugin, name, 16);
MEMBER(fluxmq_plugin, version, 24);
MEMBER(fluxmq_plugin, description, 32);
MEMBER(fluxmq_plugin, provides, 40);
MEMBER(fluxmq_plugin, requires_, 48);
MEMBER(fluxmq_plugin, config_keys, 56);
MEMBER(fluxmq_plugin, config_key_count, 64);
MEMBER(fluxmq_plugin, create, 72);
MEMBER(fluxmq_plugin, query, 80);
MEMBER(fluxmq_plugin, stop, 88);
MEMBER(fluxmq_plugin, destroy, 96);
MEMBER(fluxmq_plugin, check, 104);

// fluxmq_session
SIZE(fluxmq_session, 168);
MEMBER(fluxmq_session, size, 0);
MEMBER(fluxmq_session, peer_port, 4);
MEMBER(fluxmq_session, connection_id, 8);
MEMBER(fluxmq_session, listener_name, 16);
MEMBER(fluxmq_session, security_protocol, 32);
MEMBER(fluxmq_session, peer_address, 48);
MEMBER(fluxmq_session, client_software_name, 64);
MEMBER(fluxmq_session, client_software_version, 80);
MEMBER(fluxmq_session, principal, 96);
MEMBER(fluxmq_session, authenticated, 112);
MEMBER(fluxmq_session, reserved, 116);
MEMBER(fluxmq_session, authentication_state, 120);
MEMBER(fluxmq_session, release_authentication_state, 128);
MEMBER(fluxmq_session, set_client_software, 136);
MEMBER(fluxmq_session, set_principal, 144);
MEMBER(fluxmq_session, set_authentication_state, 152);
MEMBER(fluxmq_session, set_bare_api, 160);

// fluxmq_request
SIZE(fluxmq_request, 72);
MEMBER(fluxmq_request, size, 0);
MEMBER(fluxmq_request, api_key, 4);
MEMBER(fluxmq_request, api_version, 6);
MEMBER(fluxmq_request, correlation_id, 8);
MEMBER(fluxmq_request, reserved, 12);
MEMBER(fluxmq_request, client_id, 16);
MEMBER(fluxmq_request, body, 32);
MEMBER(fluxmq_request, session, 48);
MEMBER(fluxmq_request, received_ms, 56);
MEMBER(fluxmq_request, complete, 64);

// fluxmq_api
SIZE(fluxmq_api, 32);
MEMBER(fluxmq_api, api_key, 0);
MEMBER(fluxmq_api, min_version, 2);
MEMBER(fluxmq_api, max_version, 4);
MEMBER(fluxmq_api, advertised_min_version, 6);
MEMBER(fluxmq_api, first_flexible_version, 8);
MEMBER(fluxmq_api, reserved, 10);
MEMBER(fluxmq_api, flags, 12);
MEMBER(fluxmq_api, name, 16);
MEMBER(fluxmq_api, handle, 24);

// fluxmq_api_handler
SIZE(fluxmq_api_handler, 32);
MEMBER(fluxmq_api_handler, size, 0);
MEMBER(fluxmq_api_handler, api_size, 4);
MEMBER(fluxmq_api_handler, self, 8);
MEMBER(fluxmq_api_handler, apis, 16);
MEMBER(fluxmq_api_handler, api_count, 24);

// fluxmq_log_config
SIZE(fluxmq_log_config, 48);
MEMBER(fluxmq_log_config, size, 0);
MEMBER(fluxmq_log_config, segment_bytes, 4);
MEMBER(fluxmq_log_config, segment_ms, 8);
MEMBER(fluxmq_log_config, index_interval_bytes, 16);
MEMBER(fluxmq_log_config, segment_index_bytes, 20);
MEMBER(fluxmq_log_config, retention_ms, 24);
MEMBER(fluxmq_log_config, retention_bytes, 32);
MEMBER(fluxmq_log_config, file_delete_delay_ms, 40);

// fluxmq_log_state
SIZE(fluxmq_log_state, 48);
MEMBER(fluxmq_log_state, size, 0);
MEMBER(fluxmq_log_state, last_leader_epoch, 4);
MEMBER(fluxmq_log_state, log_start_offset, 8);
MEMBER(fluxmq_log_state, log_end_offset, 16);
MEMBER(fluxmq_log_state, size_bytes, 24);
MEMBER(fluxmq_log_state, segment_count, 32);
MEMBER(fluxmq_log_state, clean_offset, 40);

// fluxmq_log_read_request
SIZE(fluxmq_log_read_request, 32);
MEMBER(fluxmq_log_read_request, size, 0);
MEMBER(fluxmq_log_read_request, minimum_one_batch, 4);
MEMBER(fluxmq_log_read_request, offset, 8);
MEMBER(fluxmq_log_read_request, max_offset, 16);
MEMBER(fluxmq_log_read_request, max_bytes, 24);

// fluxmq_log_dir
SIZE(fluxmq_log_dir, 40);
MEMBER(fluxmq_log_dir, size, 0);
MEMBER(fluxmq_log_dir, error, 4);
MEMBER(fluxmq_log_dir, reserved, 6);
MEMBER(fluxmq_log_dir, path, 8);
MEMBER(fluxmq_log_dir, total_bytes, 24);
MEMBER(fluxmq_log_dir, usable_bytes, 32);

// fluxmq_log_store
SIZE(fluxmq_log_store, 256);
MEMBER(fluxmq_log_store, size, 0);
MEMBER(fluxmq_log_store, reserved, 4);
MEMBER(fluxmq_log_store, self, 8);
MEMBER(fluxmq_log_store, open, 16);
MEMBER(fluxmq_log_store, close, 24);
MEMBER(fluxmq_log_store, remove, 32);
MEMBER(fluxmq_log_store, remove_by_name, 40);
MEMBER(fluxmq_log_store, configure, 48);
MEMBER(fluxmq_log_store, state, 56);
MEMBER(fluxmq_log_store, append, 64);
MEMBER(fluxmq_log_store, flush, 72);
MEMBER(fluxmq_log_store, read, 80);
MEMBER(fluxmq_log_store, find_timestamp, 88);
MEMBER(fluxmq_log_store, find_max_timestamp, 96);
MEMBER(fluxmq_log_store, epoch_end_offset, 104);
MEMBER(fluxmq_log_store, set_log_start_offset, 112);
MEMBER(fluxmq_log_store, truncate, 120);
MEMBER(fluxmq_log_store, apply_retention, 128);
MEMBER(fluxmq_log_store, visit_batches, 136);
MEMBER(fluxmq_log_store, save_producer_snapshot, 144);
MEMBER(fluxmq_log_store, load_producer_snapshot, 152);
MEMBER(fluxmq_log_store, visit_segments, 160);
MEMBER(fluxmq_log_store, begin_rewrite, 168);
MEMBER(fluxmq_log_store, rewrite, 176);
MEMBER(fluxmq_log_store, end_rewrite, 184);
MEMBER(fluxmq_log_store, set_clean_offset, 192);
MEMBER(fluxmq_log_store, log_dir, 200);
MEMBER(fluxmq_log_store, size_by_name, 208);
MEMBER(fluxmq_log_store, adopt, 216);
MEMBER(fluxmq_log_store, visit_log_dirs, 224);
MEMBER(fluxmq_log_store, log_dir_of, 232);
MEMBER(fluxmq_log_store, is_offline, 240);
MEMBER(fluxmq_log_store, is_short_of_space, 248);

// fluxmq_foreign_log
SIZE(fluxmq_foreign_log, 48);
MEMBER(fluxmq_foreign_log, size, 0);
MEMBER(fluxmq_foreign_log, flags, 4);
MEMBER(fluxmq_foreign_log, folder, 8);
MEMBER(fluxmq_foreign_log, recovery_point, 24);
MEMBER(fluxmq_foreign_log, log_start_offset, 32);
MEMBER(fluxmq_foreign_log, clean_offset, 40);

// fluxmq_log_segment_info
SIZE(fluxmq_log_segment_info, 56);
MEMBER(fluxmq_log_segment_info, size, 0);
MEMBER(fluxmq_log_segment_info, reserved, 4);
MEMBER(fluxmq_log_segment_info, base_offset, 8);
MEMBER(fluxmq_log_segment_info, size_bytes, 16);
MEMBER(fluxmq_log_segment_info, offset_index_bytes, 24);
MEMBER(fluxmq_log_segment_info, time_index_bytes, 32);
MEMBER(fluxmq_log_segment_info, first_timestamp_ms, 40);
MEMBER(fluxmq_log_segment_info, largest_timestamp_ms, 48);

// fluxmq_metadata_operation
SIZE(fluxmq_metadata_operation, 40);
MEMBER(fluxmq_metadata_operation, kind, 0);
MEMBER(fluxmq_metadata_operation, reserved, 4);
MEMBER(fluxmq_metadata_operation, key, 8);
MEMBER(fluxmq_metadata_operation, value, 24);

// fluxmq_metadata_store
SIZE(fluxmq_metadata_store, 40);
MEMBER(fluxmq_metadata_store, size, 0);
MEMBER(fluxmq_metadata_store, reserved, 4);
MEMBER(fluxmq_metadata_store, self, 8);
MEMBER(fluxmq_metadata_store, get, 16);
MEMBER(fluxmq_metadata_store, scan, 24);
MEMBER(fluxmq_metadata_store, commit, 32);

// fluxmq_partition_state
SIZE(fluxmq_partition_state, 56);
MEMBER(fluxmq_partition_state, size, 0);
MEMBER(fluxmq_partition_state, leader_id, 4);
MEMBER(fluxmq_partition_state, leader_epoch, 8);
MEMBER(fluxmq_partition_state, reserved, 12);
MEMBER(fluxmq_partition_state, log_start_offset, 16);
MEMBER(fluxmq_partition_state, high_watermark, 24);
MEMBER(fluxmq_partition_state, last_stable_offset, 32);
MEMBER(fluxmq_partition_state, log_end_offset, 40);
MEMBER(fluxmq_partition_state, size_bytes, 48);

// fluxmq_append_request
SIZE(fluxmq_append_request, 32);
MEMBER(fluxmq_append_request, size, 0);
MEMBER(fluxmq_append_request, flags, 4);
MEMBER(fluxmq_append_request, records, 8);
MEMBER(fluxmq_append_request, acks, 24);
MEMBER(fluxmq_append_request, reserved16, 26);
MEMBER(fluxmq_append_request, expected_leader_epoch, 28);

// fluxmq_record_error
SIZE(fluxmq_record_error, 24);
MEMBER(fluxmq_record_error, batch_index, 0);
MEMBER(fluxmq_record_error, reserved, 4);
MEMBER(fluxmq_record_error, message, 8);

// fluxmq_append_result
SIZE(fluxmq_append_result, 64);
MEMBER(fluxmq_append_result, size, 0);
MEMBER(fluxmq_append_result, error, 4);
MEMBER(fluxmq_append_result, reserved, 6);
MEMBER(fluxmq_append_result, base_offset, 8);
MEMBER(fluxmq_append_result, log_append_time_ms, 16);
MEMBER(fluxmq_append_result, log_start_offset, 24);
MEMBER(fluxmq_append_result, error_message, 32);
MEMBER(fluxmq_append_result, record_errors, 48);
MEMBER(fluxmq_append_result, record_error_count, 56);

// fluxmq_read_request
SIZE(fluxmq_read_request, 48);
MEMBER(fluxmq_read_request, size, 0);
MEMBER(fluxmq_read_request, isolation, 4);
MEMBER(fluxmq_read_request, fetch_offset, 8);
MEMBER(fluxmq_read_request, max_bytes, 16);
MEMBER(fluxmq_read_request, current_leader_epoch, 24);
MEMBER(fluxmq_read_request, last_fetched_epoch, 28);
MEMBER(fluxmq_read_request, minimum_one_batch, 32);
MEMBER(fluxmq_read_request, reserved, 36);
MEMBER(fluxmq_read_request, format, 40);
MEMBER(fluxmq_read_request, reserved2, 44);

// fluxmq_aborted_transaction
SIZE(fluxmq_aborted_transaction, 16);
MEMBER(fluxmq_aborted_transaction, producer_id, 0);
MEMBER(fluxmq_aborted_transaction, first_offset, 8);

// fluxmq_read_result
SIZE(fluxmq_read_result, 80);
MEMBER(fluxmq_read_result, size, 0);
MEMBER(fluxmq_read_result, error, 4);
MEMBER(fluxmq_read_result, reserved, 6);
MEMBER(fluxmq_read_result, high_watermark, 8);
MEMBER(fluxmq_read_result, last_stable_offset, 16);
MEMBER(fluxmq_read_result, log_start_offset, 24);
MEMBER(fluxmq_read_result, segments, 32);
MEMBER(fluxmq_read_result, segment_count, 40);
MEMBER(fluxmq_read_result, aborted_transactions, 48);
MEMBER(fluxmq_read_result, aborted_transaction_count, 56);
MEMBER(fluxmq_read_result, diverging_epoch, 64);
MEMBER(fluxmq_read_result, reserved32, 68);
MEMBER(fluxmq_read_result, diverging_end_offset, 72);

// fluxmq_partition_table
SIZE(fluxmq_partition_table, 112);
MEMBER(fluxmq_partition_table, size, 0);
MEMBER(fluxmq_partition_table, reserved, 4);
MEMBER(fluxmq_partition_table, self, 8);
MEMBER(fluxmq_partition_table, state, 16);
MEMBER(fluxmq_partition_table, append, 24);
MEMBER(fluxmq_partition_table, read, 32);
MEMBER(fluxmq_partition_table, watch, 40);
MEMBER(fluxmq_partition_table, forget, 48);
MEMBER(fluxmq_partition_table, find_offset, 56);
MEMBER(fluxmq_partition_table, find_epoch_end, 64);
MEMBER(fluxmq_partition_table, delete_records, 72);
MEMBER(fluxmq_partition_table, size_bytes, 80);
MEMBER(fluxmq_partition_table, describe_producers, 88);
MEMBER(fluxmq_partition_table, find_segment_offsets, 96);
MEMBER(fluxmq_partition_table, log_dir, 104);

// fluxmq_producer_state
SIZE(fluxmq_producer_state, 40);
MEMBER(fluxmq_producer_state, producer_id, 0);
MEMBER(fluxmq_producer_state, producer_epoch, 8);
MEMBER(fluxmq_producer_state, last_sequence, 12);
MEMBER(fluxmq_producer_state, last_timestamp_ms, 16);
MEMBER(fluxmq_producer_state, coordinator_epoch, 24);
MEMBER(fluxmq_producer_state, reserved, 28);
MEMBER(fluxmq_producer_state, current_transaction_first_offset, 32);

// fluxmq_broker
SIZE(fluxmq_broker, 24);
MEMBER(fluxmq_broker, broker_id, 0);
MEMBER(fluxmq_broker, reserved, 4);
MEMBER(fluxmq_broker, rack, 8);

// fluxmq_topic
SIZE(fluxmq_topic, 48);
MEMBER(fluxmq_topic, size, 0);
MEMBER(fluxmq_topic, partition_count, 4);
MEMBER(fluxmq_topic, name, 8);
MEMBER(fluxmq_topic, id, 24);
MEMBER(fluxmq_topic, replication_factor, 40);
MEMBER(fluxmq_topic, is_internal, 44);

// fluxmq_config_entry
SIZE(fluxmq_config_entry, 32);
MEMBER(fluxmq_config_entry, name, 0);
MEMBER(fluxmq_config_entry, value, 16);

// fluxmq_new_topic
SIZE(fluxmq_new_topic, 104);
MEMBER(fluxmq_new_topic, size, 0);
MEMBER(fluxmq_new_topic, flags, 4);
MEMBER(fluxmq_new_topic, name, 8);
MEMBER(fluxmq_new_topic, partition_count, 24);
MEMBER(fluxmq_new_topic, replication_factor, 28);
MEMBER(fluxmq_new_topic, assigned_partitions, 32);
MEMBER(fluxmq_new_topic, assignment_starts, 40);
MEMBER(fluxmq_new_topic, assigned_brokers, 48);
MEMBER(fluxmq_new_topic, assignment_count, 56);
MEMBER(fluxmq_new_topic, configs, 64);
MEMBER(fluxmq_new_topic, config_count, 72);
MEMBER(fluxmq_new_topic, id, 80);
MEMBER(fluxmq_new_topic, leader_epoch, 96);
MEMBER(fluxmq_new_topic, reserved, 100);

// fluxmq_config_change
SIZE(fluxmq_config_change, 40);
MEMBER(fluxmq_config_change, operation, 0);
MEMBER(fluxmq_config_change, reserved, 4);
MEMBER(fluxmq_config_change, name, 8);
MEMBER(fluxmq_config_change, value, 24);

// fluxmq_config_synonym
SIZE(fluxmq_config_synonym, 40);
MEMBER(fluxmq_config_synonym, name, 0);
MEMBER(fluxmq_config_synonym, value, 16);
MEMBER(fluxmq_config_synonym, source, 32);
MEMBER(fluxmq_config_synonym, reserved, 36);

// fluxmq_config_description
SIZE(fluxmq_config_description, 88);
MEMBER(fluxmq_config_description, size, 0);
MEMBER(fluxmq_config_description, source, 4);
MEMBER(fluxmq_config_description, name, 8);
MEMBER(fluxmq_config_description, value, 24);
MEMBER(fluxmq_config_description, type, 40);
MEMBER(fluxmq_config_description, is_read_only, 44);
MEMBER(fluxmq_config_description, is_sensitive, 48);
MEMBER(fluxmq_config_description, reserved, 52);
MEMBER(fluxmq_config_description, documentation, 56);
MEMBER(fluxmq_config_description, synonyms, 72);
MEMBER(fluxmq_config_description, synonym_count, 80);

// fluxmq_catalog
SIZE(fluxmq_catalog, 168);
MEMBER(fluxmq_catalog, size, 0);
MEMBER(fluxmq_catalog, reserved, 4);
MEMBER(fluxmq_catalog, self, 8);
MEMBER(fluxmq_catalog, cluster_id, 16);
MEMBER(fluxmq_catalog, broker_id, 24);
MEMBER(fluxmq_catalog, controller_id, 32);
MEMBER(fluxmq_catalog, brokers, 40);
MEMBER(fluxmq_catalog, find_topic, 48);
MEMBER(fluxmq_catalog, find_topic_by_id, 56);
MEMBER(fluxmq_catalog, release_topic, 64);
MEMBER(fluxmq_catalog, visit_topics, 72);
MEMBER(fluxmq_catalog, partition, 80);
MEMBER(fluxmq_catalog, create_topic, 88);
MEMBER(fluxmq_catalog, delete_topic, 96);
MEMBER(fluxmq_catalog, create_partitions, 104);
MEMBER(fluxmq_catalog, describe_configs, 112);
MEMBER(fluxmq_catalog, alter_configs, 120);
MEMBER(fluxmq_catalog, allocate_producer_id, 128);
MEMBER(fluxmq_catalog, describe_new_topic, 136);
MEMBER(fluxmq_catalog, log_dir, 144);
MEMBER(fluxmq_catalog, skip_producer_ids, 152);
MEMBER(fluxmq_catalog, visit_log_dirs, 160);

// fluxmq_action
SIZE(fluxmq_action, 24);
MEMBER(fluxmq_action, operation, 0);
MEMBER(fluxmq_action, resource_type, 4);
MEMBER(fluxmq_action, resource_name, 8);

// fluxmq_authorizer
SIZE(fluxmq_authorizer, 24);
MEMBER(fluxmq_authorizer, size, 0);
MEMBER(fluxmq_authorizer, reserved, 4);
MEMBER(fluxmq_authorizer, self, 8);
MEMBER(fluxmq_authorizer, authorize, 16);

// fluxmq_sasl_answer
SIZE(fluxmq_sasl_answer, 64);
MEMBER(fluxmq_sasl_answer, size, 0);
MEMBER(fluxmq_sasl_answer, error, 4);
MEMBER(fluxmq_sasl_answer, is_complete, 6);
MEMBER(fluxmq_sasl_answer, token, 8);
MEMBER(fluxmq_sasl_answer, principal, 24);
MEMBER(fluxmq_sasl_answer, error_message, 40);
MEMBER(fluxmq_sasl_answer, session_lifetime_ms, 56);

// fluxmq_sasl_mechanism
SIZE(fluxmq_sasl_mechanism, 48);
MEMBER(fluxmq_sasl_mechanism, size, 0);
MEMBER(fluxmq_sasl_mechanism, reserved, 4);
MEMBER(fluxmq_sasl_mechanism, self, 8);
MEMBER(fluxmq_sasl_mechanism, mechanism, 16);
MEMBER(fluxmq_sasl_mechanism, open, 24);
MEMBER(fluxmq_sasl_mechanism, step, 32);
MEMBER(fluxmq_sasl_mechanism, close, 40);

// fluxmq_command_output
SIZE(fluxmq_command_output, 24);
MEMBER(fluxmq_command_output, size, 0);
MEMBER(fluxmq_command_output, reserved, 4);
MEMBER(fluxmq_command_output, self, 8);
MEMBER(fluxmq_command_output, write, 16);

// fluxmq_command
SIZE(fluxmq_command, 24);
MEMBER(fluxmq_command, size, 0);
MEMBER(fluxmq_command, reserved, 4);
MEMBER(fluxmq_command, self, 8);
MEMBER(fluxmq_command, run, 16);
#endif
