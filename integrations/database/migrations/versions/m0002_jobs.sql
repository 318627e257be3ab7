-- The only caller of procrastinate's versioned defer function: an upgrade changes this and no other.
create function defer_job(queue text, task text, args jsonb) returns bigint
language sql as $$
    select unnest(procrastinate_defer_jobs_v1(array[
        row(queue, task, 0, null, null, args, null)::procrastinate_job_to_defer_v1
    ]))
$$;
