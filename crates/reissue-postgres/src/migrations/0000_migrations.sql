create table reissue_migration (
  number integer primary key,
  applied_at timestamptz not null default now()
);
