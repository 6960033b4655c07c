"""Records the answers of real Spark 4.1.1 to SQL queries over three small views.

Run: python src/testing/golden/generate-sql.py   (pyspark 4.1.1, Java 17)
Each file of src/testing/golden/sql/ holds {spark, views, cases}; a case is {sql, schema, rows, ordered} or {sql, error}.
"""

import json
import os
from pathlib import Path

os.environ.setdefault("TZ", "UTC")
from pyspark.sql import SparkSession  # noqa: E402
from pyspark.errors import PySparkException  # noqa: E402

HERE = Path(__file__).parent / "sql"

VIEWS = {
    "emp": """SELECT * FROM VALUES
        (1, 'ann', 'eng', 120.5, DATE '2020-01-15', NULL),
        (2, 'bob', 'eng', 95.0, DATE '2021-03-01', 1),
        (3, 'cy', 'ops', 70.25, DATE '2019-07-20', 1),
        (4, 'dee', 'ops', 70.25, DATE '2022-11-05', 3),
        (5, 'eve', NULL, NULL, NULL, 3),
        (6, 'fay', 'hr', 55.0, DATE '2020-01-15', 1)
        AS t(id, name, dept, pay, hired, boss)""",
    "dept": """SELECT * FROM VALUES ('eng', 'Berlin', 3), ('ops', 'Oslo', 2), ('law', 'Rome', 0), (NULL, 'Nowhere', 9)
        AS t(dept, city, floor)""",
    "ev": """SELECT id, k, v, ts, tags, st, m FROM VALUES
        (1, 'a', 10, TIMESTAMP '2024-01-01 00:00:00', array('x', 'y'), named_struct('p', 1, 'q', 'one'), map('u', 1)),
        (2, 'a', 20, TIMESTAMP '2024-01-01 00:05:00', array(), named_struct('p', 2, 'q', 'two'), map('u', 2, 'w', 3)),
        (3, 'b', 30, TIMESTAMP '2024-01-01 00:07:30', NULL, NULL, NULL),
        (4, 'b', NULL, TIMESTAMP '2024-01-01 01:00:00', array('z'), named_struct('p', 4, 'q', NULL), map()),
        (5, 'c', 10, NULL, array('x', NULL), named_struct('p', 5, 'q', 'five'), map('v', NULL))
        AS t(id, k, v, ts, tags, st, m)""",
}

QUERIES = {
    "select": """
SELECT 1
SELECT 1 AS a, 'x' b, NULL c
SELECT * FROM dept
SELECT e.* FROM emp e
SELECT id, name FROM emp WHERE dept = 'eng'
SELECT id + 1 AS next, id * 2, -id, id % 2, id / 2, id DIV 2 FROM emp
SELECT 'a' || 'b' || id FROM emp
SELECT id FROM emp WHERE pay BETWEEN 60 AND 100
SELECT id FROM emp WHERE pay NOT BETWEEN 60 AND 100
SELECT id FROM emp WHERE dept IN ('eng', 'hr')
SELECT id FROM emp WHERE dept NOT IN ('eng', 'hr')
SELECT id FROM emp WHERE dept IS NULL
SELECT id FROM emp WHERE dept IS NOT NULL AND NOT (id > 2 OR id = 1)
SELECT id, dept IS DISTINCT FROM 'eng' d, dept IS NOT DISTINCT FROM NULL n FROM emp
SELECT id, dept <=> NULL FROM emp
SELECT name LIKE 'a%', name LIKE '_o_', name ILIKE 'A%', name RLIKE '^[a-c]' FROM emp
SELECT name NOT LIKE '%e%' FROM emp
SELECT 'a_b' LIKE 'a/_b' ESCAPE '/', 'axb' LIKE 'a/_b' ESCAPE '/'
SELECT name LIKE ANY ('a%', 'b%') FROM emp
SELECT name LIKE ALL ('%e%', '%d%') FROM emp
SELECT name NOT LIKE ALL ('%e%', '%d%') FROM emp
SELECT (pay > 80) IS TRUE, (pay > 80) IS NOT TRUE, (pay > 80) IS FALSE, (pay > 80) IS UNKNOWN FROM emp
SELECT CASE WHEN pay > 100 THEN 'high' WHEN pay > 60 THEN 'mid' ELSE 'low' END c FROM emp
SELECT CASE dept WHEN 'eng' THEN 1 WHEN 'ops' THEN 2 END FROM emp
SELECT CAST('12' AS INT), CAST(1.5 AS STRING), TRY_CAST('x' AS INT), '7'::int, id::string FROM emp
SELECT CAST(id AS DECIMAL(10,2)) FROM emp
SELECT 1L, 2S, 3Y, 1.5, 1.5BD, 2D, 3F, 1e3, 100000000000, 1.5e0
SELECT -2147483648, - 5, +3, ~1, 5 & 3, 5 | 3, 5 ^ 3
SELECT 1 << 3, 16 >> 2, -16 >>> 28
SELECT 1 + 2 * 3 - 4 / 2, (1 + 2) * 3, 7 % 4 * 2
SELECT NOT true AND false OR true
SELECT 1 = 1, 1 == 1, 1 <> 2, 1 != 2, 1 < 2, 1 >= 2
SELECT 'it''s', "double", 'tab\\tnew', r'raw\\n', 'a' 'b'
SELECT DATE '2024-02-29', TIMESTAMP '2024-01-31 10:20:30', TIMESTAMP_NTZ '2024-01-31 10:20:30', X'1F'
SELECT INTERVAL 1 DAY, INTERVAL '2' HOURS, INTERVAL '1-2' YEAR TO MONTH, INTERVAL '1 02:03:04' DAY TO SECOND
SELECT DATE '2024-01-31' + INTERVAL 1 MONTH, TIMESTAMP '2024-01-01 00:00:00' + INTERVAL 90 MINUTES
SELECT INTERVAL '1 day 2 hours', INTERVAL 3 WEEKS, INTERVAL -1 DAY, INTERVAL 1 YEAR 2 MONTHS
SELECT current_date IS NOT NULL, current_timestamp() IS NOT NULL
SELECT EXTRACT(YEAR FROM hired), EXTRACT(MONTH FROM hired) FROM emp
SELECT SUBSTRING('abcdef' FROM 2 FOR 3), SUBSTRING('abcdef', 2), POSITION('c' IN 'abc')
SELECT TRIM('  x '), TRIM(BOTH 'x' FROM 'xax'), TRIM(LEADING 'x' FROM 'xax'), TRIM(TRAILING FROM 'a  ')
SELECT OVERLAY('Spark SQL' PLACING '_' FROM 6)
SELECT st.p, st.q, ev.st.p AS pp, st FROM ev
SELECT tags[0], m['u'], m.u, st['q'] FROM ev WHERE id = 1
SELECT transform(tags, t -> upper(t)), filter(tags, t -> t IS NOT NULL), size(tags) FROM ev
SELECT aggregate(array(1, 2, 3), 0, (acc, x) -> acc + x), exists(array(1, 2), x -> x > 1)
SELECT transform(array(1, 2), (x, i) -> x + i), zip_with(array(1, 2), array(3, 4), (a, b) -> a * b)
SELECT named_struct('a', 1, 'b', 'x').b, struct(1 AS a, 2 AS b), (1, 'x')
SELECT array(1, 2, 3)[1], map('a', 1)['a'], map('a', 1).a
SELECT coalesce(dept, 'none'), nvl(pay, 0), nullif(id, 1), if(id > 3, 'y', 'n') FROM emp
SELECT upper(name) AS n, length(name), concat(name, '-', id), substr(name, 1, 1) FROM emp
SELECT id AS x, x + 1 AS y, y * 2 FROM emp
SELECT DISTINCT dept FROM emp
SELECT DISTINCT boss, dept FROM emp WHERE boss IS NOT NULL
SELECT ALL dept FROM emp
SELECT `id`, `e`.`name` FROM emp `e`
SELECT id `a b` FROM emp LIMIT 1
SELECT * EXCEPT (pay, hired) FROM emp
SELECT e.* EXCEPT (pay), d.city FROM emp e JOIN dept d ON e.dept = d.dept
SELECT explode(tags) FROM ev
SELECT id, explode(tags) AS tag FROM ev
SELECT id, posexplode(tags) AS (i, t) FROM ev
SELECT id, explode_outer(tags) t FROM ev
SELECT id, explode(m) FROM ev
SELECT id, inline(array(struct(1 AS a, 'x' AS b), struct(2, 'y'))) FROM ev WHERE id = 1
SELECT stack(2, 1, 'a', 2, 'b')
SELECT /* comment /* nested */ */ 1 -- end
SELECT /*+ BROADCAST(emp), COALESCE(2) */ count(*) FROM emp
select Id, NAME from EMP where iD = 1
SELECT 1 WHERE false
SELECT 1 a, 2 a
SELECT true, FALSE, null
SELECT round(2.5), round(3.14159, 2), abs(-3), greatest(1, 2, 3), least('a', 'b')
SELECT date_format(ts, 'yyyy-MM-dd HH:mm'), year(ts), hour(ts), date_trunc('HOUR', ts) FROM ev
SELECT datediff(DATE '2024-03-01', DATE '2024-02-28'), date_add(DATE '2024-01-01', 3), months_between(DATE '2024-03-01', DATE '2024-01-01')
SELECT to_date('2024-01-02'), to_timestamp('2024-01-02 03:04:05'), unix_timestamp(TIMESTAMP '1970-01-02 00:00:00')
SELECT id, window(ts, '10 minutes') w FROM ev WHERE ts IS NOT NULL
SELECT TIMESTAMPADD(HOUR, 2, TIMESTAMP '2024-01-01 00:00:00'), TIMESTAMPDIFF(MINUTE, TIMESTAMP '2024-01-01 00:00:00', TIMESTAMP '2024-01-01 01:30:00')
SELECT DATEADD(DAY, 2, DATE '2024-01-01'), DATEDIFF(DAY, TIMESTAMP '2024-01-01 00:00:00', TIMESTAMP '2024-01-03 00:00:00')
SELECT count(*) FROM emp;
SELECT to_json(st), from_json('{"a": 1}', 'a INT') j, get_json_object('{"a": 2}', '$.a') FROM ev WHERE id = 1
SELECT * FROM emp WHERE
SELECT FROM emp
SELECT id, FROM emp
""",
    "group": """
SELECT count(*), count(pay), sum(pay), avg(pay), min(name), max(hired) FROM emp
SELECT dept, count(*) FROM emp GROUP BY dept
SELECT dept, count(*) AS n, sum(pay) s FROM emp GROUP BY dept ORDER BY dept
SELECT count(*), dept FROM emp GROUP BY dept ORDER BY n DESC, dept
SELECT count(*) AS n, dept FROM emp GROUP BY dept ORDER BY n DESC, dept
SELECT dept FROM emp GROUP BY dept ORDER BY count(*) DESC, dept NULLS LAST
SELECT dept, count(*) FROM emp GROUP BY dept HAVING count(*) > 1 ORDER BY 1
SELECT dept, count(*) AS n FROM emp GROUP BY dept HAVING n > 1 ORDER BY dept
SELECT dept FROM emp GROUP BY dept HAVING max(pay) > 60 ORDER BY dept
SELECT dept, sum(pay) FROM emp GROUP BY dept HAVING dept IS NOT NULL ORDER BY 2 DESC
SELECT dept, count(*) FROM emp GROUP BY 1 ORDER BY 2 DESC, 1
SELECT upper(dept) AS d, count(*) FROM emp GROUP BY d ORDER BY d
SELECT upper(dept), count(*) FROM emp GROUP BY upper(dept) ORDER BY 1
SELECT upper(dept) || '!', count(*) + 1 FROM emp GROUP BY upper(dept) ORDER BY 1
SELECT dept, boss, count(*) FROM emp GROUP BY ALL ORDER BY ALL
SELECT dept, count(*) + 1 AS n FROM emp GROUP BY ALL ORDER BY ALL DESC
SELECT count(*) FROM emp GROUP BY ALL
SELECT dept, city, count(*) FROM emp JOIN dept USING (dept) GROUP BY dept, city ORDER BY dept
SELECT count(DISTINCT dept), count(DISTINCT dept, boss), sum(DISTINCT pay) FROM emp
SELECT dept, count(DISTINCT boss) FROM emp GROUP BY dept ORDER BY dept
SELECT count(*) FILTER (WHERE dept = 'eng') AS e, sum(pay) FILTER (WHERE id > 2) s FROM emp
SELECT dept, count(*) FILTER (WHERE pay > 60) FROM emp GROUP BY dept ORDER BY dept
SELECT sort_array(collect_list(id)), sort_array(collect_set(dept)) FROM emp
SELECT first(name), last(name), any_value(1) FROM emp
SELECT first(dept) IGNORE NULLS, last(pay, true), first(pay IGNORE NULLS) FROM emp
SELECT min_by(name, pay), max_by(name, pay), count_if(pay > 60), bool_and(id > 0) FROM emp
SELECT round(stddev(pay), 4), round(variance(pay), 4), round(corr(id, pay), 4) FROM emp
SELECT sum(id) + count(*) * 2 AS c FROM emp
SELECT sum(CASE WHEN dept = 'eng' THEN 1 ELSE 0 END) FROM emp
SELECT max(id) FROM emp WHERE false
SELECT dept, max(id) FROM emp WHERE false GROUP BY dept
SELECT id % 2 AS parity, count(*) FROM emp GROUP BY id % 2 ORDER BY parity
SELECT id % 2 + 1 FROM emp GROUP BY id % 2 ORDER BY 1
SELECT count(*) FROM emp HAVING count(*) > 3
SELECT 1 FROM emp HAVING count(*) > 100
SELECT dept, city FROM (SELECT e.dept, d.city, count(*) c FROM emp e JOIN dept d ON e.dept = d.dept GROUP BY e.dept, d.city) ORDER BY dept
SELECT dept, boss, count(*) FROM emp GROUP BY ROLLUP (dept, boss) ORDER BY dept, boss, 3
SELECT dept, boss, sum(id) FROM emp GROUP BY CUBE (dept, boss) ORDER BY dept, boss, 3
SELECT dept, boss, sum(id) FROM emp GROUP BY GROUPING SETS ((dept), (boss), ()) ORDER BY dept, boss, 3
SELECT dept, boss, sum(id) FROM emp GROUP BY dept, boss WITH ROLLUP ORDER BY dept, boss, 3
SELECT dept, grouping(dept), grouping_id(), count(*) FROM emp GROUP BY ROLLUP (dept) ORDER BY 2, 1
SELECT window.start, k, sum(v) FROM ev GROUP BY window(ts, '10 minutes'), k ORDER BY 1, 2
SELECT k, sum(v) AS s FROM ev GROUP BY k HAVING s > 20 AND count(*) > 1 ORDER BY s
SELECT k AS id, max(v) FROM ev GROUP BY k ORDER BY id
SELECT dept, pay FROM emp GROUP BY dept
SELECT dept, count(*) FROM emp
SELECT sum(count(*)) FROM emp
SELECT dept FROM emp WHERE count(*) > 1 GROUP BY dept
SELECT dept, count(*) FROM emp GROUP BY 3
SELECT dept, count(*) FROM emp GROUP BY 2
SELECT * FROM emp ORDER BY 9
SELECT dept, count(*) n FROM emp GROUP BY dept HAVING nope > 1
SELECT dept, count(*) FROM emp GROUP BY nope
""",
    "order": """
SELECT id FROM emp ORDER BY pay DESC, id
SELECT id FROM emp ORDER BY pay ASC NULLS LAST, id DESC
SELECT id, dept FROM emp ORDER BY dept NULLS FIRST, id
SELECT id FROM emp ORDER BY dept DESC NULLS FIRST, id
SELECT name n FROM emp ORDER BY n
SELECT name FROM emp ORDER BY id DESC
SELECT id + 1 AS x FROM emp ORDER BY x DESC LIMIT 2
SELECT id, pay * 2 AS p FROM emp ORDER BY p + id DESC NULLS LAST
SELECT * FROM emp ORDER BY 1 DESC LIMIT 2
SELECT dept, id FROM emp ORDER BY ALL
SELECT id FROM emp ORDER BY id LIMIT 2 OFFSET 1
SELECT id FROM emp ORDER BY id OFFSET 4
SELECT id FROM emp ORDER BY id LIMIT ALL
SELECT id FROM emp ORDER BY id LIMIT 0
SELECT id FROM emp SORT BY id
SELECT id FROM emp DISTRIBUTE BY dept SORT BY id
SELECT id FROM emp CLUSTER BY id
SELECT DISTINCT dept FROM emp ORDER BY dept
SELECT dept FROM emp WHERE id < 4 ORDER BY length(name), dept, id
SELECT id FROM emp ORDER BY CASE WHEN dept = 'ops' THEN 0 ELSE 1 END, id
SELECT id AS a FROM emp ORDER BY emp.id
SELECT id FROM emp LIMIT -1
SELECT id FROM emp ORDER BY nope
SELECT 1 AS a UNION ALL SELECT 2 ORDER BY a DESC
""",
    "join": """
SELECT e.name, d.city FROM emp e JOIN dept d ON e.dept = d.dept
SELECT e.name, d.city FROM emp e INNER JOIN dept d ON e.dept = d.dept AND d.floor > 2
SELECT e.name, d.city FROM emp e LEFT JOIN dept d ON e.dept = d.dept
SELECT e.name, d.city FROM emp e LEFT OUTER JOIN dept d ON e.dept = d.dept AND e.id > 2
SELECT e.name, d.city FROM emp e RIGHT JOIN dept d ON e.dept = d.dept
SELECT e.name, d.city FROM emp e FULL OUTER JOIN dept d ON e.dept = d.dept
SELECT e.name FROM emp e LEFT SEMI JOIN dept d ON e.dept = d.dept
SELECT e.name FROM emp e LEFT ANTI JOIN dept d ON e.dept = d.dept
SELECT e.name FROM emp e ANTI JOIN dept d ON e.dept = d.dept
SELECT count(*) FROM emp CROSS JOIN dept
SELECT count(*) FROM emp, dept
SELECT count(*) FROM emp JOIN dept
SELECT e.name, d.city FROM emp e, dept d WHERE e.dept = d.dept
SELECT name, city FROM emp JOIN dept USING (dept)
SELECT * FROM emp JOIN dept USING (dept)
SELECT dept, name, city FROM emp LEFT JOIN dept USING (dept)
SELECT dept, name, city FROM emp FULL JOIN dept USING (dept)
SELECT dept, name, city FROM emp RIGHT JOIN dept USING (dept)
SELECT * FROM emp NATURAL JOIN dept
SELECT name, city FROM emp NATURAL LEFT JOIN dept
SELECT e.name, b.name AS boss FROM emp e JOIN emp b ON e.boss = b.id
SELECT e.name, b.name, c.city FROM emp e JOIN emp b ON e.boss = b.id LEFT JOIN dept c ON b.dept = c.dept
SELECT a.id, b.id FROM emp a JOIN emp b ON a.pay < b.pay WHERE a.dept = b.dept
SELECT e.dept, d.dept FROM emp e JOIN dept d ON e.dept <=> d.dept
SELECT emp.dept, dept.city FROM emp JOIN (dept) ON emp.dept = dept.dept
SELECT x.a, y.b FROM (VALUES (1), (2)) x(a) JOIN (VALUES (2, 'b')) y(a, b) ON x.a = y.a
SELECT x.a, y.b FROM VALUES (1), (2) AS x(a) LEFT JOIN VALUES (2, 'b') AS y(a, b) USING (a)
SELECT name FROM emp e JOIN dept d ON e.dept = d.dept WHERE dept = 'eng'
SELECT e.name FROM emp e JOIN dept d USING (nope)
SELECT id, tag FROM ev LATERAL VIEW explode(tags) t AS tag
SELECT id, t.tag FROM ev LATERAL VIEW OUTER explode(tags) t AS tag
SELECT id, t.* FROM ev LATERAL VIEW posexplode(tags) t AS pos, tag
SELECT id, a, b FROM ev LATERAL VIEW explode(tags) x AS a LATERAL VIEW explode(array(1, 2)) y AS b
SELECT id, key, value FROM ev LATERAL VIEW explode(m) t
SELECT tag, count(*) FROM ev LATERAL VIEW explode(tags) t AS tag GROUP BY tag ORDER BY tag
SELECT id, t.x FROM ev, LATERAL explode(tags) AS t(x)
SELECT * FROM range(3)
SELECT id * 2 FROM range(1, 10, 3) r
SELECT * FROM explode(array(10, 20)) AS t(x)
SELECT * FROM VALUES (1, 'a'), (2, NULL) AS t(n, s)
SELECT * FROM VALUES 1, 2, 3
VALUES (1, 2.5), (2, 3)
SELECT * FROM VALUES (1, 'a'), (2)
TABLE dept
FROM dept SELECT city
SELECT count(*) FROM emp TABLESAMPLE (3 ROWS)
SELECT count(*) FROM emp TABLESAMPLE (100 PERCENT)
""",
    "sets": """
SELECT dept FROM emp UNION SELECT dept FROM dept
SELECT dept FROM emp UNION ALL SELECT dept FROM dept
SELECT dept FROM emp INTERSECT SELECT dept FROM dept
SELECT dept FROM emp INTERSECT ALL SELECT dept FROM dept
SELECT dept FROM emp EXCEPT SELECT dept FROM dept
SELECT dept FROM dept MINUS SELECT dept FROM emp
SELECT dept FROM emp EXCEPT ALL SELECT dept FROM dept
SELECT 1 UNION ALL SELECT 2 UNION SELECT 1
SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 2
(SELECT 1) UNION ALL (SELECT 2 LIMIT 1)
SELECT 1 AS a, 'x' AS b UNION ALL SELECT 2.5, 'y'
SELECT 1 a, 2 b UNION ALL BY NAME SELECT 3 b, 4 a
SELECT 1 UNION SELECT 1, 2
WITH a AS (SELECT * FROM emp WHERE dept = 'eng') SELECT name FROM a
WITH a AS (SELECT 1 x), b AS (SELECT x + 1 y FROM a) SELECT * FROM a, b
WITH a (n, m) AS (SELECT id, name FROM emp) SELECT m FROM a WHERE n = 2
WITH emp AS (SELECT 9 AS id) SELECT * FROM emp
WITH a AS (WITH b AS (SELECT 1 c) SELECT c + 1 AS d FROM b) SELECT d FROM a
WITH a AS (SELECT 1 x) SELECT * FROM (WITH a AS (SELECT 2 x) SELECT * FROM a) t, a
WITH a AS (SELECT id FROM emp) SELECT count(*) FROM a x JOIN a y ON x.id = y.id
WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a
SELECT * FROM (SELECT id, name FROM emp WHERE id < 3) t
SELECT * FROM (SELECT id FROM emp) WHERE id = 2
SELECT t.x FROM (SELECT 1 AS x) AS t
SELECT a, b FROM (SELECT 1, 2) AS t(a, b)
SELECT (SELECT max(id) FROM emp) AS m
SELECT id FROM emp WHERE pay = (SELECT max(pay) FROM emp)
SELECT id, pay - (SELECT avg(pay) FROM emp) AS d FROM emp
SELECT id FROM emp WHERE dept IN (SELECT dept FROM dept)
SELECT id FROM emp WHERE dept NOT IN (SELECT dept FROM dept)
SELECT id FROM emp WHERE dept NOT IN (SELECT dept FROM dept WHERE dept IS NOT NULL)
SELECT id FROM emp WHERE EXISTS (SELECT 1 FROM dept WHERE floor > 5)
SELECT id FROM emp WHERE NOT EXISTS (SELECT 1 FROM dept WHERE floor > 5)
SELECT id FROM emp e WHERE EXISTS (SELECT 1 FROM dept d WHERE d.dept = e.dept)
SELECT id FROM emp e WHERE NOT EXISTS (SELECT 1 FROM dept d WHERE d.dept = e.dept AND d.floor > 2)
SELECT id FROM emp e WHERE pay > (SELECT avg(pay) FROM emp x WHERE x.dept = e.dept)
SELECT id, (SELECT city FROM dept d WHERE d.dept = e.dept) c FROM emp e
SELECT id, (SELECT count(*) FROM emp x WHERE x.boss = e.id) n FROM emp e
SELECT id FROM emp e WHERE id IN (SELECT boss FROM emp x WHERE x.dept = e.dept)
SELECT id FROM emp WHERE (dept, boss) IN (SELECT dept, boss FROM emp WHERE id > 3)
SELECT id FROM emp WHERE id = 1 OR dept IN (SELECT dept FROM dept WHERE floor = 2)
SELECT (SELECT id FROM emp)
SELECT (SELECT id, name FROM emp)
SELECT id, dept IN (SELECT dept FROM dept) i FROM emp
""",
    "window": """
SELECT id, row_number() OVER (ORDER BY id DESC) r FROM emp
SELECT id, row_number() OVER (PARTITION BY dept ORDER BY id) r FROM emp
SELECT id, rank() OVER (ORDER BY pay) r, dense_rank() OVER (ORDER BY pay) d FROM emp
SELECT id, percent_rank() OVER (ORDER BY pay), cume_dist() OVER (ORDER BY pay) FROM emp
SELECT id, ntile(4) OVER (ORDER BY id), ntile(2) OVER (PARTITION BY dept ORDER BY id) FROM emp
SELECT id, lag(id) OVER (ORDER BY id), lead(id) OVER (ORDER BY id) FROM emp
SELECT id, lag(name, 2, 'none') OVER (ORDER BY id), lead(name, 1) OVER (PARTITION BY dept ORDER BY id) FROM emp
SELECT id, lag(pay) IGNORE NULLS OVER (ORDER BY id) FROM emp
SELECT id, first_value(name) OVER (PARTITION BY dept ORDER BY id) f, last_value(name) OVER (PARTITION BY dept ORDER BY id) l FROM emp
SELECT id, nth_value(name, 2) OVER (ORDER BY id) FROM emp
SELECT id, sum(id) OVER (PARTITION BY dept) s FROM emp
SELECT id, sum(id) OVER (ORDER BY id) s FROM emp
SELECT id, sum(id) OVER (ORDER BY pay) s FROM emp
SELECT id, sum(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) s FROM emp
SELECT id, sum(id) OVER (ORDER BY id ROWS 2 PRECEDING) s FROM emp
SELECT id, sum(id) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) s FROM emp
SELECT id, sum(id) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) s FROM emp
SELECT id, sum(id) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) s FROM emp
SELECT id, count(*) OVER (ORDER BY pay RANGE BETWEEN 20 PRECEDING AND 20 FOLLOWING) c FROM emp
SELECT id, count(*) OVER (ORDER BY pay DESC RANGE BETWEEN 20 PRECEDING AND CURRENT ROW) c FROM emp
SELECT id, count(*) OVER (ORDER BY ts RANGE BETWEEN INTERVAL 10 MINUTES PRECEDING AND CURRENT ROW) c FROM ev
SELECT id, count(*) OVER (ORDER BY hired RANGE BETWEEN 400 PRECEDING AND CURRENT ROW) c FROM emp
SELECT id, avg(pay) OVER (PARTITION BY dept) a, min(pay) OVER (PARTITION BY dept) m, max(name) OVER (PARTITION BY dept) x FROM emp
SELECT id, collect_list(id) OVER (PARTITION BY dept ORDER BY id) FROM emp
SELECT id, count(DISTINCT id) OVER (PARTITION BY dept) FROM emp
SELECT id, rank() OVER w, sum(id) OVER w FROM emp WINDOW w AS (PARTITION BY dept ORDER BY id)
SELECT id, sum(id) OVER w FROM emp WINDOW w AS (ORDER BY id ROWS 1 PRECEDING)
SELECT id, rank() OVER nope FROM emp
SELECT dept, sum(pay) s, rank() OVER (ORDER BY sum(pay) DESC) r FROM emp GROUP BY dept
SELECT dept, count(*) c, sum(count(*)) OVER () t FROM emp GROUP BY dept
SELECT id, pay / sum(pay) OVER () * 100 AS pct FROM emp WHERE pay IS NOT NULL
SELECT * FROM (SELECT id, dept, row_number() OVER (PARTITION BY dept ORDER BY pay DESC) r FROM emp) WHERE r = 1
SELECT id, row_number() OVER (ORDER BY id) r FROM emp ORDER BY r DESC LIMIT 2
SELECT id FROM emp ORDER BY row_number() OVER (ORDER BY id DESC)
SELECT id, sum(id) FILTER (WHERE id > 2) OVER (ORDER BY id) FROM emp
SELECT id, row_number() OVER (PARTITION BY dept) FROM emp
SELECT id, rank() OVER () FROM emp
SELECT id, row_number() FROM emp
SELECT id FROM emp WHERE row_number() OVER (ORDER BY id) = 1
SELECT id, max(id) OVER (PARTITION BY dept) - id AS d, upper(first(name) OVER (PARTITION BY dept ORDER BY id)) u FROM emp
SELECT id, upper(name) OVER (ORDER BY id) FROM emp
SELECT id, sum(id) OVER (ORDER BY dept, id RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM emp
SELECT id, sum(id) OVER (ROWS BETWEEN 1 FOLLOWING AND 1 PRECEDING) FROM emp
SELECT id, lag(id, -1) OVER (ORDER BY id) FROM emp
SELECT k, v, stddev(v) OVER (PARTITION BY k) FROM ev
SELECT id, first(pay, true) OVER (ORDER BY id DESC), last(pay) IGNORE NULLS OVER (ORDER BY id) FROM emp
SELECT id, max(pay) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM emp
SELECT id, sum(v) OVER (PARTITION BY k ORDER BY ts), count(v) OVER (PARTITION BY k) FROM ev
""",
    "errors": """
SELECT nope FROM emp
SELECT e.nope FROM emp e
SELECT id FROM nope
SELECT id FROM a.b.c
SELECT nope(1)
SELECT x.id FROM emp e
SELECT dept FROM emp e JOIN dept d ON e.dept = d.dept
SELECT st.nope FROM ev
SELECT 1 +
SELECT (1
SELECT 1)
SELECT * FROM emp WHERE id =
SELECT * FROM emp WHERE id = 1 AND
SELECT id FROM emp ORDER id
SELECT id FROM emp GROUP id
SELEC 1
SELECT 'open
SELECT 1 FROM emp JOIN
SELECT CAST(1 AS)
SELECT CAST(1 AS nope)
SELECT CASE WHEN 1 THEN 2
SELECT /* open 1
SELECT 1 $ 2
SELECT id name dept FROM emp
SELECT * FROM emp LIMIT
SELECT * FROM emp JOIN dept ON
SELECT a. FROM emp
SELECT id FROM emp WHERE id IN ()
SELECT DATE 'nope'
SELECT TIMESTAMP 'nope'
SELECT X'ZZ'
SELECT 300Y
SELECT 99999999999999999999L
SELECT INTERVAL '1' FOO
SELECT INTERVAL 1 MONTH 1 DAY
SELECT 'abc' + 1
SELECT CAST('abc' AS INT)
SELECT 1 / 0
SELECT id + name FROM emp
SELECT array(1, 2)[5]
SELECT upper()
SELECT substring('a', 1, 2, 3)
SELECT id FROM emp WHERE name
SELECT * FROM emp WHERE id = 'x'
SELECT *
SELECT count(*) + * FROM emp
SELECT id FROM emp UNION
SELECT

SELECT
  id,
  nope
FROM emp@@
SELECT id
FROM emp
WHERE id = = 1@@
CREATE TABLE
INSERT t VALUES (1)
DROP t
SHOW NOPE
SELECT 1; SELECT 2
SELECT "a" b c
WITH a AS SELECT 1 SELECT * FROM a
SELECT * FROM (SELECT 1
SELECT id FROM emp e e2 e3
SELECT :nope
SELECT sum(DISTINCT) FROM emp
SELECT * FROM emp WHERE (id = 1
UPDATE emp id = 1
SELECT id AS FROM emp
SELECT first_name last name FROM emp
SELECT id FROM emp WHERE dept = 'a' dept = 'b'
SELECT ROW_NUMBER() OVER (PARTITION dept) FROM emp
SELECT * FROM emp HAVING
DELETE emp WHERE id = 1
""",
}


def queries(text):
    """One query a line; a query over several lines ends with @@."""
    found, open_lines = [], []
    for line in text.strip("\n").split("\n"):
        if open_lines or line.strip() in ("", "SELECT") or (line == "SELECT id"):
            if line.strip() == "" and not open_lines:
                continue
            open_lines.append(line.removesuffix("@@"))
            if line.endswith("@@"):
                found.append("\n".join(open_lines))
                open_lines = []
        else:
            found.append(line.replace("\\\\", "\\"))
    return found + open_lines


def value(v):
    import datetime
    import decimal

    if isinstance(v, bool) or v is None or isinstance(v, (int, str)):
        return v
    if isinstance(v, float):
        return {"double": repr(v)}
    if isinstance(v, decimal.Decimal):
        return {"decimal": str(v)}
    if isinstance(v, datetime.datetime):
        return {"timestamp": v.isoformat()}
    if isinstance(v, datetime.date):
        return {"date": v.isoformat()}
    if isinstance(v, (bytes, bytearray)):
        return {"binary": bytes(v).hex()}
    if isinstance(v, datetime.timedelta):
        return {"micros": round(v.total_seconds() * 1e6)}
    if isinstance(v, dict):
        return {"map": [[value(k), value(w)] for k, w in v.items()]}
    if isinstance(v, (list, tuple)):
        return [value(item) for item in v]
    raise TypeError(type(v))


def refusal(error):
    if not isinstance(error, PySparkException):
        return {"exception": type(error).__name__, "message": str(error)}
    contexts = []
    for context in error.getQueryContext() or []:
        try:
            contexts.append({"fragment": context.fragment(), "start": context.startIndex(), "stop": context.stopIndex()})
        except Exception:  # DataFrame contexts have no indexes
            pass
    return {
        "exception": type(error).__name__,
        "condition": error.getCondition(),
        "parameters": error.getMessageParameters() or {},
        "message": str(error).split("\n\nJVM stacktrace")[0],
        "contexts": contexts,
    }


def answer(spark, sql):
    has_order = "ORDER BY" in sql.upper().split("OVER")[-1] and ") ORDER BY" not in sql
    try:
        frame = spark.sql(sql)
        # Year-month intervals have no Python value.
        texts = frame.selectExpr("*").schema
        shown = frame
        if any("interval" in field.dataType.simpleString() for field in texts):
            shown = frame.toDF(*[f"c{i}" for i in range(len(texts))]).selectExpr(
                *[f"CAST(c{i} AS STRING)" if "interval" in f.dataType.simpleString() else f"c{i}" for i, f in enumerate(texts)]
            )
        rows = [[value(v) for v in row] for row in shown.collect()]
        return {"schema": [[f.name, f.dataType.simpleString()] for f in texts], "rows": rows}
    except Exception as error:
        return {"error": refusal(error)}


def main():
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.warehouse.dir", "/tmp/golden-sql-warehouse")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    for name, sql in VIEWS.items():
        spark.sql(sql).createOrReplaceTempView(name)
    HERE.mkdir(exist_ok=True)
    for family, text in QUERIES.items():
        cases = [{"sql": sql, **answer(spark, sql)} for sql in queries(text)]
        body = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
        head = json.dumps({"spark": spark.version, "views": VIEWS}, ensure_ascii=False)[1:-1]
        (HERE / f"{family}.json").write_text(f'{{{head}, "cases": [\n{body}\n]}}\n')
        print(family, len(cases), sum("error" in case for case in cases))
    spark.stop()


if __name__ == "__main__":
    main()
