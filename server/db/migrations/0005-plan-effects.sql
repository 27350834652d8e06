-- What a plan changed for whom, as it was when it came into force, and what the program itself says about a plan.

-- Codes that were given and figures of people and things that got another unit: what stands on the land moves on afterwards.
alter table plan add column effect json;
-- {"code": ..., "params": {...}} instead of a text: whoever reads it reads it in his own language.
alter table plan_comment add column says json;
