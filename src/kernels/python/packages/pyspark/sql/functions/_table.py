"""Every plain function of pyspark.sql.functions: one line each.

`name[=spark name] parameter...`; a parameter is `[*]name[:kind][?][=default]`: kind c (left out) = column or its name,
l = literal or column, m = number as a literal, text as a column name; `?` = left out of the call when not given;
`=default` = sent when not given (`_` stands for a space, `random` for a new seed, `decimal0` for a decimal zero). What exists and what types it takes,
the engine decides.
"""

TABLE = """
abs col
acos col
acosh col
add_months start months:m
aes_decrypt input key mode='GCM' padding='DEFAULT' aad=''
aes_encrypt input key mode='GCM' padding='DEFAULT' iv='' aad=''
any_value col ignoreNulls:m?
approx_count_distinct col rsd:l?
approx_percentile col percentage:l accuracy:l=10000
array_agg col
array_append col value:l
array_compact col
array_contains col value:l
array_distinct col
array_except col1 col2
array_insert arr pos:m value:l
array_intersect col1 col2
array_join col delimiter:l null_replacement:l?
array_max col
array_min col
array_position col value:l
array_prepend col value:l
array_remove col element:l
array_repeat col count:m
array_size col
array_union col1 col2
arrays_overlap a1 a2
arrays_zip *cols
ascii col
asin col
asinh col
assert_true col errMsg:l?
atan col
atan2 col1:m col2:m
atanh col
avg col
base64 col
bin col
bit_and col
bit_count col
bit_get col pos
bit_length col
bit_or col
bit_xor col
bitmap_and_agg col
bitmap_bit_position col
bitmap_bucket_number col
bitmap_construct_agg col
bitmap_count col
bitmap_or_agg col
bitwise_not=~ col
bool_and col
bool_or col
bround col scale:m?
btrim str trim?
bucket numBuckets:l col
cardinality col
cbrt col
ceil col scale:m?
ceiling col scale:m?
char col
char_length str
character_length str
coalesce *cols
collate col collation:l
collation col
collect_list col
collect_set col
concat *cols
concat_ws sep:l *cols
contains left right
conv col fromBase:l toBase:l
convert_timezone sourceTz targetTz sourceTs
corr col1 col2
cos col
cosh col
cot col
count_if col
count_min_sketch col eps:l confidence:l seed:l=random
covar_pop col1 col2
covar_samp col1 col2
crc32 col
csc col
cume_dist
curdate
current_catalog
current_database
current_date
current_schema
current_time precision:l?
current_timestamp
current_timezone
current_user
date_add start days:m
date_diff end start
date_format date format:l
date_from_unix_date days
date_part field source
date_sub start days:m
date_trunc format:l timestamp
dateadd start days:m
datediff end start
datepart field source
day col
dayname col
dayofmonth col
dayofweek col
dayofyear col
days col
decode col charset:l
degrees col
dense_rank
e
element_at col extraction:l
elt *inputs
encode col charset:l
endswith str suffix
equal_null col1 col2
every col
exp col
explode col
explode_outer col
expm1 col
extract field source
factorial col
find_in_set str str_array
first col ignorenulls:l=False
first_value col ignoreNulls:m?
flatten col
floor col scale:m?
format_number col d:l
format_string format:l *cols
from_unixtime timestamp format:l='yyyy-MM-dd_HH:mm:ss'
from_utc_timestamp timestamp tz:l
get col index:m
get_json_object col path:l
getbit col pos
greatest *cols
grouping col
grouping_id *cols
hash *cols
hex col
histogram_numeric col nBins
hll_sketch_agg col lgConfigK:l?
hll_sketch_estimate col
hll_union col1 col2 allowDifferentLgConfigK:l?
hll_union_agg col allowDifferentLgConfigK:l?
hour col
hours col
hypot col1:m col2:m
ifnull col1 col2
ilike str pattern escapeChar?
initcap col
inline col
inline_outer col
input_file_block_length
input_file_block_start
input_file_name
instr str substr:l
is_valid_utf8 str
is_variant_null v
isnan col
isnotnull col
isnull col
java_method *cols
json_array_length col
json_object_keys col
json_tuple col *fields:l
kll_sketch_agg_bigint col k:l?
kll_sketch_agg_double col k:l?
kll_sketch_agg_float col k:l?
kll_sketch_get_n_bigint col
kll_sketch_get_n_double col
kll_sketch_get_n_float col
kll_sketch_get_quantile_bigint sketch rank
kll_sketch_get_quantile_double sketch rank
kll_sketch_get_quantile_float sketch rank
kll_sketch_get_rank_bigint sketch quantile
kll_sketch_get_rank_double sketch quantile
kll_sketch_get_rank_float sketch quantile
kll_sketch_merge_bigint left right
kll_sketch_merge_double left right
kll_sketch_merge_float left right
kll_sketch_to_string_bigint col
kll_sketch_to_string_double col
kll_sketch_to_string_float col
kurtosis col
lag col offset:l=1 default:l?
last col ignorenulls:l=False
last_day date
last_value col ignoreNulls:m?
lcase str
lead col offset:l=1 default:l?
least *cols
left str len
length col
levenshtein left right threshold:l?
like str pattern escapeChar?
listagg col delimiter:l?
ln col
localtimestamp
locate substr:l str pos:l=1
log10 col
log1p col
log2 col
lower col
lpad col len:l pad:l
make_date year month day
make_dt_interval days=0 hours=0 mins=0 secs=decimal0
make_interval years=0 months=0 weeks=0 days=0 hours=0 mins=0 secs=decimal0
make_time hour minute second
make_timestamp_ltz years months days hours mins secs timezone?
make_valid_utf8 str
make_ym_interval years=0 months=0
map_concat *cols
map_contains_key col value:l
map_entries col
map_from_entries col
map_keys col
map_values col
mask col upperChar='X' lowerChar='x' digitChar='n' otherChar=None
max col
max_by col ord
md5 col
mean=avg col
median col
min col
min_by col ord
minute col
mode col deterministic:l=False
monotonically_increasing_id
month col
monthname col
months col
months_between date1 date2 roundOff:l=True
named_struct *cols
nanvl col1 col2
negate=negative col
negative col
next_day date dayOfWeek:l
now
nth_value col offset:l ignoreNulls:l=False
ntile n:l
nullif col1 col2
nullifzero col
nvl col1 col2
nvl2 col1 col2 col3
octet_length col
overlay src replace pos:m len:m=-1
parse_json col
parse_url url partToExtract key?
percent_rank
percentile col percentage:l frequency:l=1
percentile_approx col percentage:l accuracy:l=10000
pi
pmod dividend:m divisor:m
posexplode col
posexplode_outer col
position substr str start?
positive col
pow=power col1:m col2:m
power col1:m col2:m
printf format *cols
product col
quarter col
quote col
radians col
raise_error errMsg:l
rand seed:l=random
randn seed:l=random
randstr length:l seed:l=random
rank
reflect *cols
regexp str regexp
regexp_count str regexp
regexp_extract str pattern:l idx:l
regexp_extract_all str regexp idx:l?
regexp_instr str regexp idx:l?
regexp_like str regexp
regexp_replace string pattern:l replacement:l
regexp_substr str regexp
regr_avgx y x
regr_avgy y x
regr_count y x
regr_intercept y x
regr_r2 y x
regr_slope y x
regr_sxx y x
regr_sxy y x
regr_syy y x
repeat col n:m
replace src search replace?
reverse col
right str len
rint col
rlike str regexp
round col scale:m?
row_number
rpad col len:l pad:l
schema_of_variant v
schema_of_variant_agg v
sec col
second col
sentences string language='' country=''
sequence start stop step?
session_user
sha col
sha1 col
shiftleft col numBits:l
shiftright col numBits:l
shiftrightunsigned col numBits:l
shuffle col seed:l=random
sign col
signum col
sin col
sinh col
size col
skewness col
slice x start:m length:m
some col
sort_array col asc:l=True
soundex col
spark_partition_id
split str pattern:l limit:m=-1
split_part src delimiter partNum
sqrt col
st_asbinary geo
st_geogfromwkb wkb
st_geomfromwkb wkb
st_setsrid geo srid:m
st_srid geo
stack *cols
startswith str prefix
std col
stddev col
stddev_pop col
stddev_samp col
str_to_map text pairDelim=',' keyValueDelim=':'
string_agg col delimiter:l?
substr str pos len?
substring str pos:m len:m
substring_index str delim:l count:l
sum col
tan col
tanh col
theta_difference col1 col2
theta_intersection col1 col2
theta_intersection_agg col
theta_sketch_agg col lgNomEntries:l?
theta_sketch_estimate col
theta_union col1 col2 lgNomEntries:l?
theta_union_agg col lgNomEntries:l?
time_diff unit start end
time_trunc unit time
timestamp_add=timestampadd unit:l quantity ts
timestamp_diff=timestampdiff unit:l start end
timestamp_micros col
timestamp_millis col
timestamp_seconds col
to_binary col format?
to_char col format
to_date col format:l?
to_number col format
to_time str format?
to_timestamp col format:l?
to_timestamp_ltz timestamp format?
to_timestamp_ntz timestamp format?
to_unix_timestamp timestamp format?
to_utc_timestamp timestamp tz:l
to_varchar col format
to_variant_object col
translate srcCol matching:l replace:l
trunc date format:l
try_add left right
try_aes_decrypt input key mode='GCM' padding='DEFAULT' aad=''
try_avg col
try_divide left right
try_element_at col extraction
try_make_interval years=0 months=0 weeks=0 days=0 hours=0 mins=0 secs=decimal0
try_make_timestamp_ltz years months days hours mins secs timezone?
try_mod left right
try_multiply left right
try_parse_json col
try_parse_url url partToExtract key?
try_reflect *cols
try_subtract left right
try_sum col
try_to_binary col format?
try_to_date col format:l?
try_to_number col format
try_to_time str format?
try_to_timestamp col format?
try_url_decode str
try_validate_utf8 str
try_variant_get v path:l targetType:l
typeof col
ucase str
unbase64 col
unhex col
uniform min:l max:l seed:l=random
unix_date col
unix_micros col
unix_millis col
unix_seconds col
unwrap_udt col
upper col
url_decode str
url_encode str
user
validate_utf8 str
var_pop col
var_samp col
variance col
variant_get v path:l targetType:l
version
weekday col
weekofyear col
width_bucket v min max numBucket:m
window_time windowColumn
xpath xml path
xpath_boolean xml path
xpath_double xml path
xpath_float xml path
xpath_int xml path
xpath_long xml path
xpath_number xml path
xpath_short xml path
xpath_string xml path
xxhash64 *cols
year col
years col
zeroifnull col
"""
