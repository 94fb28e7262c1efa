-- In PostgreSQL: vacuums no longer lock what every commit writes. Here the writer gives pages back, a few at a time.
SELECT 1;
