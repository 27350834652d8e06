-- Plans: named sets of boundary changes, from the first draft to the midnight at which they come into force.

create type plan_state as enum ('draft', 'in_review', 'approved', 'scheduled', 'in_force', 'withdrawn');

-- base: the borders that the actions start from, as the instant since which those have been in force.
-- touched: codes of the base's leaves that the actions change; when one of them changes otherwise, the plan is outdated.
-- Persons stand as who is shown (author) and as who is meant (person: 'user:7', 'token:3').
create table plan (
  id bigint generated always as identity primary key,
  county_code text not null references county (code),
  unit_code text not null,
  name text not null,
  note text not null default '',
  state plan_state not null default 'draft',
  revision integer not null default 0,
  base timestamptz not null,
  touched text[] not null default '{}',
  action_count integer not null default 0,
  author text not null,
  person text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  effective_on date,
  in_force_at timestamptz,
  check ((effective_on is not null) = (state in ('scheduled', 'in_force'))),
  check ((in_force_at is not null) = (state = 'in_force'))
);
create index plan_unit on plan (unit_code text_pattern_ops);
create index plan_due on plan (effective_on) where state = 'scheduled';

-- One row an action, so that an autosave writes only what is new. json, not jsonb: it is kept as it came and never searched.
create table plan_action (
  plan_id bigint not null references plan (id) on delete cascade,
  n integer not null,
  action json not null,
  primary key (plan_id, n)
);

-- What each save took away is kept: nothing that was ever saved is lost, and a 409 can tell from where two people differ.
create table plan_save (
  plan_id bigint not null references plan (id) on delete cascade,
  revision integer not null,
  from_n integer not null,
  replaced json not null default '[]',
  at timestamptz not null,
  author text not null,
  person text not null,
  primary key (plan_id, revision)
);

create table plan_comment (
  id bigint generated always as identity primary key,
  plan_id bigint not null references plan (id) on delete cascade,
  at timestamptz not null,
  author text not null,
  text text not null,
  step text check (step in ('submit', 'return', 'approve', 'publish', 'withdraw')),
  place geometry(Point, 4326)
);
create index plan_comment_plan on plan_comment (plan_id, id);
