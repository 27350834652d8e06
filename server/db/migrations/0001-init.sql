-- The one map's first schema. One SQL for PostgreSQL 15+ with PostGIS 3.3+ and for the embedded database.
-- Singular tables, snake_case, timestamptz named *_at, geometries in EPSG:4326 on the 1e-7 degree grid.
-- Codes nest by prefix: county 6 digits, town 9, village 12, grid 15, micro-grid 17; a missing level reads 000.

create type unit_level as enum ('county', 'town', 'village', 'grid', 'microgrid');
create type unit_kind as enum ('general', 'dedicated', 'riverside');
create type severity as enum ('green', 'yellow', 'red');
create type incident_state as enum
  ('reported', 'accepted', 'routed', 'assigned', 'handling', 'fed_back', 'closed', 'returned', 'paused', 'cancelled');
create type incident_source as enum
  ('grid_worker', 'snapshot', 'hotline_12345', 'city_management', 'camera', 'import');
-- inside: in a leaf; outside: has a place, but no leaf holds it; none: came without a place.
create type placement as enum ('inside', 'outside', 'none');
create type camera_state as enum ('online', 'offline');

create table county (
  code text primary key check (code ~ '^\d{6}$'),
  name text not null,
  name_en text,
  time_zone text not null,
  synthetic boolean not null default false,
  attribution text
);

-- Who a unit is, for ever; everything that may change stands in unit_version.
create table unit (
  id bigint generated always as identity primary key,
  county_code text not null references county (code)
);

-- Codes are never reused: a code belongs to one unit for all time.
create table unit_code (
  code text primary key check (code ~ '^\d{6}(\d{3}){0,3}(\d{2})?$'),
  unit_id bigint not null references unit (id)
);

create table unit_version (
  id bigint generated always as identity primary key,
  unit_id bigint not null references unit (id),
  code text not null references unit_code (code),
  parent_code text,
  county_code text not null references county (code),
  level unit_level not null,
  unit_kind unit_kind not null default 'general',
  name text not null,
  name_en text,
  is_leaf boolean not null,
  geom geometry(MultiPolygon, 4326) not null,
  label_point geometry(Point, 4326) not null,
  area_m2 double precision not null,
  households integer,
  residents integer,
  source text,
  valid_from timestamptz not null,
  valid_to timestamptz,
  check (valid_to is null or valid_to > valid_from)
);
create unique index unit_version_current_code on unit_version (code) where valid_to is null;
create index unit_version_unit on unit_version (unit_id, valid_from);
create index unit_version_code on unit_version (code text_pattern_ops);
create index unit_version_geom on unit_version using gist (geom);

-- Every shared line once, for drawing: the coarsest level it separates, and the leaves on either side (null: outside).
create table unit_border (
  id bigint generated always as identity primary key,
  county_code text not null references county (code),
  level unit_level not null,
  left_code text,
  right_code text,
  geom geometry(LineString, 4326) not null
);
create index unit_border_geom on unit_border using gist (geom);
create index unit_border_county on unit_border (county_code);

create table camera (
  id bigint generated always as identity primary key,
  code text not null unique,
  name text not null,
  county_code text not null references county (code),
  unit_code text not null,
  placement placement not null,
  state camera_state not null,
  heading smallint,
  geom geometry(Point, 4326) not null,
  updated_at timestamptz not null default now()
);
create index camera_geom on camera using gist (geom);
create index camera_unit on camera (unit_code text_pattern_ops, id);

create table building (
  id bigint generated always as identity primary key,
  county_code text not null references county (code),
  unit_code text not null,
  households integer not null,
  residents integer not null,
  footprint geometry(Polygon, 4326),
  geom geometry(Point, 4326) not null
);
create index building_geom on building using gist (geom);
create index building_unit on building (unit_code text_pattern_ops);

-- Posts, not persons: a holder is a user when one is appointed, otherwise the post stands vacant.
create table team (
  id bigint generated always as identity primary key,
  unit_code text not null,
  name text not null
);
create index team_unit on team (unit_code text_pattern_ops);

create table post (
  id bigint generated always as identity primary key,
  team_id bigint not null references team (id) on delete cascade,
  unit_code text not null,
  role text not null check (role in ('leader', 'worker', 'adviser', 'microgrid_leader', 'official', 'volunteer')),
  rank text not null default 'first' check (rank in ('first', 'stand_in')),
  holder_id bigint
);
create index post_unit on post (unit_code text_pattern_ops);

-- reported_at (the server's; an import's opening time) is the time of filters, partitions, days and deadlines.
-- unit_code is the leaf that holds the place; the county's own code when placement is not 'inside'.
create table incident (
  id uuid not null,
  reported_at timestamptz not null,
  occurred_at timestamptz not null,
  county_code text not null,
  unit_code text not null,
  placement placement not null,
  kind text not null,
  severity severity not null,
  state incident_state not null,
  source incident_source not null,
  text text not null default '',
  external_key text,
  geom geometry(Point, 4326),
  due_at timestamptz,
  accepted_at timestamptz,
  assigned_at timestamptz,
  fed_back_at timestamptz,
  closed_at timestamptz,
  supervisions smallint not null default 0,
  version integer not null default 1,
  updated_at timestamptz not null default now(),
  primary key (reported_at, id)
) partition by range (reported_at);
create index incident_id on incident (id);
create index incident_unit_time on incident (unit_code text_pattern_ops, reported_at);
create index incident_geom on incident using gist (geom);
create index incident_closed on incident (closed_at) where closed_at is not null;
-- The few that are open are asked for all day long.
create index incident_open on incident (county_code, severity, reported_at)
  where state not in ('closed', 'cancelled');
create table incident_default partition of incident default;

-- A unique client id cannot live on a table partitioned by time: this guards repeats.
create table incident_key (
  id uuid primary key,
  reported_at timestamptz not null,
  county_code text not null,
  external_key text,
  unique (county_code, external_key)
);

create table incident_transition (
  id bigint generated always as identity primary key,
  incident_id uuid not null,
  at timestamptz not null,
  transition text not null,
  from_state incident_state,
  to_state incident_state not null,
  actor_id bigint,
  actor_name text not null,
  note text
);
create index incident_transition_incident on incident_transition (incident_id, id);

create table app_user (
  id bigint generated always as identity primary key,
  username text not null unique check (username ~ '^[a-z0-9][a-z0-9._-]{1,62}$'),
  display_name text not null,
  password_hash text not null,
  role text not null,
  unit_code text not null,
  enabled boolean not null default true,
  -- Raised whenever a password, role, unit or the switch changes: sessions of an older epoch are no longer good.
  epoch integer not null default 1,
  created_at timestamptz not null default now()
);

-- Machine clients and wall links. Only the hash is kept; a wall link is exchanged once for a session.
create table token (
  id bigint generated always as identity primary key,
  name text not null,
  purpose text not null check (purpose in ('api', 'wall')),
  hash text not null unique,
  role text not null,
  unit_code text not null,
  created_by bigint references app_user (id),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  exchanged_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz
);

-- The columns are those of connect-pg-simple.
create table session (
  sid varchar not null primary key,
  sess json not null,
  expire timestamp(6) not null
);
create index session_expire on session (expire);

create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  noun text not null,
  noun_id text not null,
  unit_code text,
  detail jsonb not null default '{}'
);
create index audit_at on audit (at);
create index audit_noun on audit (noun, noun_id);

-- Written in the command's own transaction; the sequencer gives out pos after commit, without gaps.
create table outbox (
  id bigint generated always as identity primary key,
  pos bigint unique,
  at timestamptz not null default now(),
  county_code text not null,
  unit_code text not null,
  message jsonb not null
);
create index outbox_unsequenced on outbox (id) where pos is null;

-- Survives the outbox's own pruning, so positions never start again.
create table stream_position (
  only_row boolean primary key default true check (only_row),
  pos bigint not null
);
insert into stream_position (pos) values (0);

-- One counter a noun: what tiles, ETags and caches are keyed by.
create table noun_version (
  noun text primary key,
  version bigint not null
);
insert into noun_version (noun, version) values ('unit', 1), ('camera', 1), ('incident', 1);

create table import_run (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor text not null,
  noun text not null,
  file_name text not null,
  summary jsonb not null
);
create table import_profile (
  name text primary key,
  noun text not null,
  profile jsonb not null,
  updated_at timestamptz not null default now()
);

create table setting (
  key text primary key,
  value jsonb not null
);
