--table select * from values (1, 2L, cast(3 as smallint), cast(4 as tinyint), 1.5D, cast(2.5 as float), cast(12.34 as decimal(10,2)), "Ann Lee", true, date"2024-02-29", timestamp"2024-02-29 12:34:56.789", timestamp_ntz"2024-02-29 01:02:03", X"4142", array(3,1,null,1), map("a",1,"b",2), named_struct("x",1,"y","q")),
--table (-7, -5000000000L, cast(-3 as smallint), cast(-4 as tinyint), -2.5D, cast(0.1 as float), cast(-0.05 as decimal(10,2)), "", false, date"1969-12-31", timestamp"1969-12-31 23:59:59.5", timestamp_ntz"1970-01-01 00:00:00", X"", array(), map(), named_struct("x",cast(null as int),"y","")),
--table (0, 0L, cast(0 as smallint), cast(0 as tinyint), 0.0D, cast(0 as float), cast(0 as decimal(10,2)), " Straße 12, x@y.de ", cast(null as boolean), date"2000-01-01", timestamp"2000-01-01 00:00:00", timestamp_ntz"2000-12-31 23:59:59.999999", X"FF", array(5), map("z",cast(null as int)), named_struct("x",9,"y","é")),
--table (null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null)
--table as t(i, l, sh, by, d, f, dec, s, b, dt, ts, nt, bin, arr, m, st)
case when i > 0 then 'pos' when i < 0 then 'neg' else 'zero' end
case when i > 0 then 1 end
case when i > 0 then 1 else 2.5 end
case when i > 0 then l else d end
case i when 1 then 'one' when 0 then 'zero' end
case when i <> 0 then 10 / i else -1 end
case when b then s else 'none' end
case when i then 1 else 2 end
case when b then i else s end
case when b then arr else s end
if(b, 1, 2)
if(i > 0, s, null)
if(i, 1, 2)
if(b, dt, ts)
coalesce(i, 99)
coalesce(null, s, 'x')
coalesce(i, l)
coalesce(i, s)
coalesce(arr, s)
coalesce(null, null)
coalesce()
coalesce(b, i / 0 > 0)
nvl(i, 5)
ifnull(s, 'none')
nvl2(i, 'has', 'not')
nullif(i, 0)
nullif(s, '')
greatest(i, l)
greatest(i, l, d)
greatest(i)
greatest(i, s)
greatest(dt, date'2010-01-01')
greatest(d, cast('NaN' as double))
least(i, 0)
least(s, 'B')
least(null, i)
isnull(s)
isnotnull(s)
isnan(d)
isnan(cast('NaN' as double))
isnan(i)
nanvl(d, 1.0D)
nanvl(cast('NaN' as double), d)
ifnull(i, s)
nvl(dec, 0)
decode(i, 1, 'a', 0, 'b', 'c')
equal_null(i, 1)
