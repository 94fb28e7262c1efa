//! The questions that every store is asked. `contract_tests!` makes a test of each.

pub mod accounts;
pub mod alerts;
pub mod blobs;
pub mod care;
pub mod claims;
pub mod config;
pub mod drafts;
pub mod expiry;
pub mod gates;
pub mod inbox;
pub mod jobs;
pub mod journal;
pub mod likeness;
pub mod moving;
pub mod outside;
pub mod queries;
pub mod sample;
pub mod slots;
pub mod space;
pub mod speed;
pub mod xrefs;

use crate::Store;
use async_trait::async_trait;
use std::sync::Arc;

/// A place where a store lives on when its handle is dropped.
#[async_trait]
pub trait Home: Send + Sync {
    /// Opens the store that is there, or a new one the first time.
    async fn open(&self) -> Arc<dyn Store>;
}

/// Makes one test per question; each evaluates the expression to get a `Home` of its own.
///
/// The calling crate needs tokio with `macros`.
#[macro_export]
macro_rules! contract_tests {
    ($home:expr) => {
        $crate::contract_tests! { $home;
            journal: an_accepted_event_is_there_after_reopening, a_delivery_twice_is_one_event,
                a_delivery_twice_in_one_batch_is_one_event, a_delivery_is_known_per_flow_and_trigger,
                a_delivery_is_known_after_its_run_has_ended, events_without_delivery_are_all_new,
                a_batch_is_all_or_nothing, a_commit_repeated_changes_nothing,
                a_finished_run_does_not_come_back_when_its_accept_is_repeated,
                records_come_back_in_order, a_record_of_an_ended_run_is_dropped,
                a_finish_moves_the_run_into_history, a_retry_starts_with_its_records,
                open_runs_come_in_order_and_in_pages, a_parked_run_keeps_its_wake_time,
                something_happening_ends_the_parking, crashes_are_counted_until_the_run_comes_to_rest,
                a_schedule_moves_with_the_event_it_made, the_largest_id_is_remembered,
                large_bodies_come_back_byte_for_byte;
            queries: totals_add_up, totals_start_at_nothing, the_newest_runs_come_first, runs_are_listed_by_flow,
                runs_are_listed_by_outcome, open_runs_are_listed_alone, a_list_goes_on_before_the_last_one_seen,
                a_text_finds_a_key_by_its_start, a_text_finds_part_of_a_key_or_an_error, a_text_finds_a_run_by_its_id,
                a_text_with_wildcards_means_itself, a_run_in_detail_brings_its_event_and_doc,
                a_run_that_never_was_is_not_there, days_count_what_ended_on_them, the_store_answers_and_has_a_size,
                later_runs_of_an_event_come_in_order, a_key_finds_its_runs_and_no_others,
                runs_are_listed_by_when_they_were_accepted, runs_are_listed_by_their_key,
                runs_are_looked_up_by_their_ids;
            slots: what_ended_is_counted_per_slot, it_is_known_how_long_runs_took_that_ended_well,
                an_end_told_twice_is_counted_once, slots_are_forgotten_after_nine_days;
            expiry: what_is_older_than_its_flow_keeps_goes, failed_runs_are_kept_by_their_own_time,
                an_event_stays_while_a_run_refers_to_it, an_open_run_never_expires, old_runs_go_in_as_many_calls_as_it_takes,
                history_of_a_deleted_flow_expires_too, totals_outlive_what_they_count,
                a_delivery_is_forgotten_after_a_month;
            inbox: a_failed_run_waits_in_the_inbox, a_failure_waits_whatever_characters_its_texts_hold,
                failures_that_are_alike_are_one_group, groups_come_in_pages,
                a_run_is_retried_once, a_retry_that_succeeds_resolves_all_it_goes_back_to,
                a_retry_that_fails_waits_in_its_stead, a_retry_that_is_cancelled_leaves_nobody_waiting,
                a_person_ignores_and_takes_up_again, what_a_run_closed_no_person_opens, a_record_is_found_by_what_it_says, records_come_in_both_orders,
                records_of_a_group_come_in_pages, an_event_comes_back_with_its_retry, records_are_forgotten_with_their_groups;
            care: a_group_and_a_record_are_assigned_and_talked_about, what_is_not_there_is_not_taken_care_of,
                groups_are_listed_by_who_takes_care_and_whether_they_are_put_aside, comments_have_a_bound,
                what_was_said_goes_with_what_it_was_about;
            claims: who_claims_a_key_first_has_it_also_after_reopening, of_many_who_claim_a_key_at_once_one_has_it,
                what_people_do_by_hand_is_listed_and_let_go_of, a_flow_s_claim_is_not_let_go_of_while_a_run_of_the_key_is_open,
                a_claim_goes_with_what_its_flow_keeps;
            jobs: a_job_is_there_until_it_is_done, a_job_that_was_ended_is_not_gone_on_with, jobs_have_a_bound;
            config: a_flow_saved_is_there, the_same_logic_again_is_the_same_version, other_logic_is_the_next_version,
                versions_come_newest_first, a_flow_is_only_replaced_as_it_was_seen, a_flow_is_paused_and_goes_on, a_flow_is_held, a_flow_with_open_runs_stays,
                a_deleted_flow_is_gone_and_can_come_back, a_connection_is_kept_replaced_and_deleted,
                a_setting_is_kept_and_replaced;
            drafts: a_draft_is_there_after_reopening, of_two_who_save_on_one_revision_the_first_has_it,
                a_discarded_draft_is_gone_and_no_revision_comes_twice, named_points_are_kept_and_their_number_is_bounded;
            blobs: a_blob_comes_back_piece_by_piece_after_reopening, the_same_content_is_one_blob,
                a_blob_goes_with_the_last_event_that_needs_it, a_record_in_the_inbox_keeps_its_blob,
                an_upload_that_never_ended_is_swept, an_upload_that_is_not_whole_is_no_blob, blobs_are_listed_in_order;
            gates: a_budget_gives_its_burst_and_then_one_by_one, a_block_is_taken_whole_or_not_at_all,
                many_at_once_take_no_more_than_there_is, a_budget_kept_in_memory_never_moves_back,
                a_target_that_asks_to_wait_holds_everybody, a_breaker_opens_once_and_tells_of_its_trials, a_breaker_opens_whatever_its_system_said,
                of_several_one_makes_the_trial, a_closed_breaker_is_as_new, a_deleted_connection_has_no_gate;
            likeness: a_store_answers_as_the_one_in_memory_does;
            outside: a_cursor_is_kept_and_goes_with_its_flow, one_renews_a_connection_s_tokens_at_a_time,
                of_a_connection_s_health_the_latest_is_kept_and_goes_with_it,
                an_imported_connector_is_kept_replaced_and_deleted;
            alerts: an_alert_is_kept_changed_and_deleted, of_two_who_change_an_alert_the_first_has_it, alerts_have_a_bound;
            accounts: the_first_user_is_created_once, an_address_belongs_to_one_user, a_user_gets_a_new_password,
                a_session_lives_until_it_expires, a_session_is_replaced_and_deleted,
                a_token_is_found_by_its_hash_and_remembers_its_use, the_audit_trail_is_newest_first;
            xrefs: a_cross_reference_is_found_both_ways_after_reopening,
                a_record_of_a_system_is_one_of_ours_and_the_later_word_counts,
                two_records_of_a_system_that_are_one_of_ours_are_both_told_of_on_the_way_back,
                cross_references_are_put_and_asked_for_up_to_a_bound,
                cross_references_come_in_pages_and_are_searched_by_either_id;
        }
    };
    ($home:expr; $($module:ident: $($question:ident),*;)*) => { $($(
        #[tokio::test]
        async fn $question() {
            $crate::contract::$module::$question(&$home).await;
        }
    )*)* };
}
