-- Reports of days, weeks and months, as they were counted: page, PDF and Excel are made of the figures.
create table report (
  id bigint generated always as identity primary key,
  county_code text not null references county (code),
  unit_code text not null,
  period text not null check (period in ('day', 'week', 'month')),
  -- First and last day, in the county's calendar.
  first_day date not null,
  last_day date not null,
  made_at timestamptz not null,
  -- Null: made by itself, when the period was over.
  made_by text,
  figures jsonb not null,
  unique (unit_code, period, first_day)
);
create index report_unit on report (unit_code text_pattern_ops, first_day);
