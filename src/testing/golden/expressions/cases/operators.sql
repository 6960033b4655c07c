--table select * from values (1, 2L, cast(3 as smallint), cast(4 as tinyint), 1.5D, cast(2.5 as float), cast(12.34 as decimal(10,2)), "Ann Lee", true, date"2024-02-29", timestamp"2024-02-29 12:34:56.789", timestamp_ntz"2024-02-29 01:02:03", X"4142", array(3,1,null,1), map("a",1,"b",2), named_struct("x",1,"y","q")),
--table (-7, -5000000000L, cast(-3 as smallint), cast(-4 as tinyint), -2.5D, cast(0.1 as float), cast(-0.05 as decimal(10,2)), "", false, date"1969-12-31", timestamp"1969-12-31 23:59:59.5", timestamp_ntz"1970-01-01 00:00:00", X"", array(), map(), named_struct("x",cast(null as int),"y","")),
--table (0, 0L, cast(0 as smallint), cast(0 as tinyint), 0.0D, cast(0 as float), cast(0 as decimal(10,2)), " Straße 12, x@y.de ", cast(null as boolean), date"2000-01-01", timestamp"2000-01-01 00:00:00", timestamp_ntz"2000-12-31 23:59:59.999999", X"FF", array(5), map("z",cast(null as int)), named_struct("x",9,"y","é")),
--table (null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null)
--table as t(i, l, sh, by, d, f, dec, s, b, dt, ts, nt, bin, arr, m, st)
i
S
st.x
st.Y
i + 1
i + l
i - d
i * 2
i / 2
d / 4
l / 2
i % 3
l % 3
d % 2
i div 2
l div 3
dec + i
dec + 1
dec - dec
dec * dec
dec / 3
dec % 2
dec + d
dec div 2
1.5 + i
f + i
f * 2
by + by
by + sh
sh * i
f + d
-i
-d
+i
i / 0
i % 0
d / 0
1 / 0
1L div 0
2147483647 + 1
9223372036854775807L + 1L
9223372036854775807L * 2L
-2147483648 - 1
100Y + 100Y
30000S + 30000S
cast(99999999999999999999999999999999999999 as decimal(38,0)) + 1
try_add(2147483647, 1)
try_add(i, 1)
try_subtract(i, l)
try_multiply(9223372036854775807L, 2L)
try_divide(i, 0)
try_divide(d, 2)
try_mod(i, 0)
i = 1
i = l
i = '1'
d = 1.5
dec = 12.34
dec > 1
dec >= i
s = 'Ann Lee'
s < 'B'
b = true
i <=> null
s <=> null
i != 1
i <> l
i > d
dt > '2000-01-01'
dt >= ts
ts > '2000-01-01'
ts = nt
i = 'x'
'1' = 1L
1 = 1.0
b = 1
i = bin
arr = m
arr = array(5)
st = st
st < named_struct('x', 5, 'y', 'a')
m = m
cast('NaN' as double) = cast('NaN' as double)
cast('NaN' as double) > 1.0D
0.0D = -0.0D
b and i > 0
b or i > 0
not b
b and null
null or b
i and b
not i
b and (i / 0 > 1)
i = 0 or (10 / i > 1)
i != 0 and (10 / i > 1)
i in (1, 2, 3)
i in (1, null)
i not in (1, null)
i in (1, '2')
s in ('Ann Lee', '')
i in (b)
i between -7 and 0
s between 'A' and 'B'
s like 'A%'
s like '%e_'
s like '%\\_%'
s rlike 'L.e'
s rlike '[0-9]+'
s is null
s is not null
i + s
s + s
s + 1
'5' + 1
'5' * 2.5
'a' + 1
b + 1
i + b
i + null
null + null
i & 3
l | 1
i ^ 5
~i
sh & by
i & d
dt + 1
dt - 1
1 + dt
dt - dt
ts - ts
ts - dt
dt + interval 1 day
dt + interval 1 month
dt - interval '1-1' year to month
ts + interval 5 minutes
ts - interval 1 day
nt + interval 2 hours
interval 5 minutes + interval 1 hour
interval 5 minutes * 2
dt + s
arr[0]
arr[5]
arr[-1]
m['a']
m['zz']
m[1]
st['x']
arr['x']
s[0]
zz
st.zz
i.x
nope(i)
a.b
arr[i]
get(arr, 2)
get(arr, -1)
abs(i)
