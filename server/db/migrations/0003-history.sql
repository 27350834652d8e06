-- What the map and the workbench need of other times, and of buildings, roads and rivers.

-- Borders have a time of their own: a line that did not change is not drawn anew.
-- What nobody dated has always been there.
alter table unit_border
  add valid_from timestamptz not null default '-infinity',
  add valid_to timestamptz,
  add check (valid_to is null or valid_to > valid_from);

-- Only the current borders were kept so far: each has been there at least since its younger neighbour's version began.
update unit_border b set valid_from = coalesce((
  select max(v.valid_from) from unit_version v
  where v.valid_to is null and v.code in (b.left_code, b.right_code)), b.valid_from);

create index unit_version_county on unit_version (county_code, valid_from);

-- Natural key of an import: a repeat of the same file changes nothing.
alter table building add external_key text;
create unique index building_key on building (county_code, external_key);

-- Roads and rivers, to look at, to snap to, and for a re-division to follow.
create table line (
  id bigint generated always as identity primary key,
  county_code text not null references county (code),
  line_kind text not null check (line_kind in ('road', 'river')),
  name text,
  external_key text,
  -- A line of several parts stands once for each.
  part integer not null default 0,
  geom geometry(LineString, 4326) not null,
  unique (county_code, external_key, part)
);
create index line_geom on line using gist (geom);

insert into noun_version (noun, version) values ('building', 1), ('line', 1);
