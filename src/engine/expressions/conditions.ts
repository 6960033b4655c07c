/**
 * Spark 4.1.1's wording of the errors expressions raise: condition -> [SQLSTATE, text]. `<name>` is filled from the
 * message parameters, so a condition's parameters are exactly the names in its text.
 */
export const CONDITIONS = {
  'UNRESOLVED_COLUMN.WITH_SUGGESTION': [
    '42703',
    'A column, variable, or function parameter with name <objectName> cannot be resolved. Did you mean one of the following? [<proposal>].',
  ],
  'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION': [
    '42703',
    'A column, variable, or function parameter with name <objectName> cannot be resolved.',
  ],
  'UNRESOLVED_MAP_KEY.WITH_SUGGESTION': [
    '42703',
    "Cannot resolve column <objectName> as a map key. If the key is a string literal, add the single quotes '' around it. Otherwise did you mean one of the following column(s)? [<proposal>].",
  ],
  'UNRESOLVED_FIELD.WITH_SUGGESTION': [
    '42703',
    'A field with name <fieldName> cannot be resolved with the struct-type column <columnPath>. Did you mean one of the following? [<proposal>].',
  ],
  AMBIGUOUS_REFERENCE: ['42704', 'Reference <name> is ambiguous, could be: <referenceNames>.'],
  AMBIGUOUS_REFERENCE_TO_FIELDS: [
    '42000',
    'Ambiguous reference to the field <field>. It appears <count> times in the schema.',
  ],
  FIELD_NOT_FOUND: ['42704', 'No such struct field <fieldName> in <fields>.'],
  CANNOT_RESOLVE_STAR_EXPAND: [
    '42704',
    'Cannot resolve <targetString>.* given input columns <columns>. Please check that the specified table or struct exists and is accessible in the input columns.',
  ],
  CANNOT_RESOLVE_DATAFRAME_COLUMN: [
    '42704',
    'Cannot resolve dataframe column <name>. It\'s probably because of illegal references like `df1.select(df2.col("a"))`.',
  ],
  AMBIGUOUS_COLUMN_REFERENCE: [
    '42702',
    'Column <name> is ambiguous. It\'s because you joined several DataFrame together, and some of these DataFrames are the same. This column points to one of the DataFrames but Spark is unable to figure out which one. Please alias the DataFrames with different names via `DataFrame.alias` before joining them, and specify the column using qualified name, e.g. `df.alias("a").join(df.alias("b"), col("a.id") > col("b.id"))`.',
  ],
  NESTED_AGGREGATE_FUNCTION: [
    '42607',
    'It is not allowed to use an aggregate function in the argument of another aggregate function. Please use the inner aggregate function in a sub-query.',
  ],
  CAST_INVALID_INPUT: [
    '22018',
    'The value <expression> of the type <sourceType> cannot be cast to <targetType> because it is malformed. Correct the value as per the syntax, or change its target type. Use `try_cast` to tolerate malformed input and return NULL instead.',
  ],
  CAST_OVERFLOW: [
    '22003',
    'The value <value> of the type <sourceType> cannot be cast to <targetType> due to an overflow. Use `try_cast` to tolerate overflow and return NULL instead.',
  ],
  'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION': [
    '22003',
    '<value> cannot be represented as Decimal(<precision>, <scale>). If necessary set <config> to "false" to bypass this error, and return NULL instead.',
  ],
  'NUMERIC_VALUE_OUT_OF_RANGE.WITHOUT_SUGGESTION': [
    '22003',
    'The <roundedValue> rounded half up from <originalValue> cannot be represented as Decimal(<precision>, <scale>).',
  ],
  ARITHMETIC_OVERFLOW: ['22003', '<message>.<alternative> If necessary set <config> to "false" to bypass this error.'],
  BINARY_ARITHMETIC_OVERFLOW: [
    '22003',
    '<value1> <symbol> <value2> caused overflow. Use <functionName> to ignore overflow problem and return NULL.',
  ],
  DIVIDE_BY_ZERO: [
    '22012',
    'Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead. If necessary set <config> to "false" to bypass this error.',
  ],
  REMAINDER_BY_ZERO: [
    '22012',
    'Remainder by zero. Use `try_mod` to tolerate divisor being 0 and return NULL instead. If necessary set <config> to "false" to bypass this error.',
  ],
  INVALID_ARRAY_INDEX: [
    '22003',
    'The index <indexValue> is out of bounds. The array has <arraySize> elements. Use the SQL function `get()` to tolerate accessing element at invalid index and return NULL instead.',
  ],
  INVALID_ARRAY_INDEX_IN_ELEMENT_AT: [
    '22003',
    'The index <indexValue> is out of bounds. The array has <arraySize> elements. Use `try_element_at` to tolerate accessing element at invalid index and return NULL instead.',
  ],
  INVALID_INDEX_OF_ZERO: [
    '22003',
    'The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1).',
  ],
  'INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION': [
    '22015',
    'Integer overflow while operating with intervals. Try devising appropriate values for the interval parameters.',
  ],
  'INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION': [
    '22015',
    'Integer overflow while operating with intervals. Use <functionName> to tolerate overflow and return NULL instead.',
  ],
  INTERVAL_DIVIDED_BY_ZERO: [
    '22012',
    'Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead.',
  ],
  'WRONG_NUM_ARGS.WITHOUT_SUGGESTION': [
    '42605',
    "The <functionName> requires <expectedNum> parameters but the actual number is <actualNum>. Please, refer to '<docroot>/sql-ref-functions.html' for a fix.",
  ],
  UNSUPPORTED_GROUPING_EXPRESSION: [
    '42K0E',
    'grouping()/grouping_id() can only be used with GroupingSets/Cube/Rollup.',
  ],
  UNRESOLVED_ROUTINE: ['42883', 'Cannot resolve routine <routineName> on search path <searchPath>.'],
  INVALID_EXTRACT_FIELD_TYPE: ['42000', "Field name should be a non-null string literal, but it's <extraction>."],
  INVALID_EXTRACT_BASE_FIELD_TYPE: [
    '42000',
    "Can't extract a value from <base>. Need a complex type [STRUCT, ARRAY, MAP] but got <other>.",
  ],
  INVALID_EXTRACT_FIELD: ['42601', 'Cannot extract <field> from <expr>.'],
  CANNOT_PARSE_TIMESTAMP: ['22007', '<message>. Use <func> to tolerate invalid input string and return NULL instead.'],
  'DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION': [
    '22023',
    '<rangeMessage>. If necessary set <ansiConfig> to "false" to bypass this error.',
  ],
  'DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION': ['22023', '<rangeMessage>.'],
  NULL_MAP_KEY: ['2200E', 'Cannot use null as map key.'],
  DUPLICATED_MAP_KEY: [
    '23505',
    'Duplicate map key <key> was found, please check the input data. If you want to remove the duplicated keys, you can set <mapKeyDedupPolicy> to "LAST_WIN" so that the key inserted at last takes precedence.',
  ],
  'INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH': [
    '42K0D',
    'Invalid lambda function call. A higher order function expects <expectedNumArgs> arguments, but got <actualNumArgs>.',
  ],
  'INVALID_LAMBDA_FUNCTION_CALL.DUPLICATE_ARG_NAMES': [
    '42K0D',
    'Invalid lambda function call. The lambda function has duplicate arguments <args>. Please, consider to rename the argument names or set <caseSensitiveConfig> to "true".',
  ],
  'INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION': [
    '42K0D',
    'Invalid lambda function call. A lambda function should only be used in a higher order function. However, its class is <class>, which is not a higher order function.',
  ],
  'INVALID_LAMBDA_FUNCTION_CALL.PARAMETER_DOES_NOT_ACCEPT_LAMBDA_FUNCTION': [
    '42K0D',
    'Invalid lambda function call. You passed a lambda function to a parameter that does not accept it. Please check if lambda function argument is in the correct position.',
  ],
  DATETIME_OVERFLOW: ['22008', 'Datetime operation overflow: <operation>.'],
  INVALID_FRACTION_OF_SECOND: [
    '22023',
    'Valid range for seconds is [0, 60] (inclusive), but the provided value is <secAndMicros>. To avoid this error, use `try_make_timestamp`, which returns NULL on error. If you do not want to use the session default timestamp version of this function, use `try_make_timestamp_ntz` or `try_make_timestamp_ltz`.',
  ],
  USER_RAISED_EXCEPTION: ['P0001', '<errorMessage>'],
  'INVALID_PARAMETER_VALUE.LENGTH': [
    '22023',
    'The value of parameter(s) <parameter> in <functionName> is invalid: Expects `length` greater than or equal to 0, but got <length>.',
  ],
  'INVALID_PARAMETER_VALUE.START': [
    '22023',
    'The value of parameter(s) <parameter> in <functionName> is invalid: Expects a positive or a negative value for `start`, but got 0.',
  ],
  'INVALID_PARAMETER_VALUE.PATTERN': [
    '22023',
    'The value of parameter(s) <parameter> in <functionName> is invalid: <value>.',
  ],
  'INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX': [
    '22023',
    'The value of parameter(s) <parameter> in <functionName> is invalid: Expects group index between 0 and <groupCount>, but got <groupIndex>.',
  ],
  'INVALID_PARAMETER_VALUE.CHARSET': [
    '22023',
    'The value of parameter(s) <parameter> in <functionName> is invalid: expects one of the <charsets>, but got <charset>.',
  ],
  'INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE': [
    '22023',
    'The value of parameter(s) <parameter> in <functionName> is invalid: expects an integer value in [0, <upper>), but got <invalidValue>.',
  ],
  'INVALID_PARAMETER_VALUE.NULL': [
    '22023',
    'The value of parameter(s) <parameter> in <functionName> is invalid: expects a non-NULL value.',
  ],
  'INVALID_SCHEMA.NON_STRING_LITERAL': [
    '42K07',
    'The input schema <inputSchema> is not a valid schema string. The input expression must be string literal and not null.',
  ],
  'INVALID_SCHEMA.PARSE_ERROR': [
    '42K07',
    'The input schema <inputSchema> is not a valid schema string. Cannot parse the schema: <reason>',
  ],
  'INVALID_SCHEMA.NON_STRUCT_TYPE': [
    '42K07',
    'The input schema <inputSchema> is not a valid schema string. The input expression should be evaluated to struct type, but got <dataType>.',
  ],
  ILLEGAL_DAY_OF_WEEK: ['22009', 'Illegal input for day of week: <string>.'],
  CONVERSION_INVALID_INPUT: [
    '22018',
    'The value <str> (<fmt>) cannot be converted to <targetType> because it is malformed. Correct the value as per the syntax, or change its format. Use <suggestion> to tolerate malformed input and return NULL instead.',
  ],
  MALFORMED_CHARACTER_CODING: ['22000', 'Invalid value found when performing <function> with <charset>'],
  'INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION': [
    '42K0B',
    'You may get a different result due to the upgrading to Spark >= 3.0: Fail to recognize <pattern> pattern in the DateTimeFormatter. 1) You can set <config> to "LEGACY" to restore the behavior before Spark 3.0. 2) You can form a valid datetime pattern with the guide from \'<docroot>/sql-ref-datetime-pattern.html\'.',
  ],
  'INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN': [
    '42K0B',
    'You may get a different result due to the upgrading to Spark >= 3.0: All week-based patterns are unsupported since Spark 3.0, detected week-based character: <c>. Please use the SQL function EXTRACT instead.',
  ],
  'INCONSISTENT_BEHAVIOR_CROSS_VERSION.PARSE_DATETIME_BY_NEW_PARSER': [
    '42K0B',
    'You may get a different result due to the upgrading to Spark >= 3.0: Fail to parse <datetime> in the new parser. You can set <config> to "LEGACY" to restore the behavior before Spark 3.0, or set to "CORRECTED" and treat it as an invalid datetime string.',
  ],
  'INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER': [
    '22007',
    'Unrecognized datetime pattern: <pattern>. Illegal pattern character found in datetime pattern: <c>. Please provide legal character.',
  ],
  'INVALID_DATETIME_PATTERN.LENGTH': [
    '22007',
    'Unrecognized datetime pattern: <pattern>. Too many letters in datetime pattern: <pattern>. Please reduce pattern length.',
  ],
  'INVALID_DATETIME_PATTERN.WITH_SUGGESTION': [
    '22007',
    "Unrecognized datetime pattern: <pattern>. You can form a valid datetime pattern with the guide from '<docroot>/sql-ref-datetime-pattern.html'.",
  ],
  FAILED_FUNCTION_CALL: [
    '38000',
    "Failed preparing of the function <funcName> for call. Please, double check function's arguments.",
  ],
  _LEGACY_ERROR_TEMP_1104: ['', 'The second argument should be a double literal.'],
  INVALID_USAGE_OF_STAR_OR_REGEX: ['42000', 'Invalid usage of <elem> in <prettyName>.'],
  NON_FOLDABLE_ARGUMENT: [
    '42K08',
    'The function <funcName> requires the parameter <paramName> to be a foldable expression of the type <paramType>, but the actual argument is a non-foldable.',
  ],
  UNSUPPORTED_DATATYPE: ['0A000', 'Unsupported data type <typeName>.'],
  CANNOT_PARSE_INTERVAL: [
    '22006',
    'Unable to parse <intervalString>. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. If the issue persists, please double check that the input value is not null or empty and try again.',
  ],
  CANNOT_PARSE_DECIMAL: [
    '22018',
    'Cannot parse decimal. Please ensure that the input is a valid number with optional decimal point or comma separators.',
  ],
  INVALID_TIMEZONE: [
    '22009',
    "The timezone: <timeZone> is invalid. The timezone must be either a region-based zone ID or a zone offset. Region IDs must have the form 'area/city', such as 'America/Los_Angeles'. Zone offsets must be in the format '(+|-)HH', '(+|-)HH:mm\u2019 or '(+|-)HH:mm:ss', e.g '-08' , '+01:00' or '-13:33:33', and must be in the range from -18:00 to +18:00. 'Z' and 'UTC' are accepted as synonyms for '+00:00'.",
  ],
  'INVALID_OPTIONS.NON_MAP_FUNCTION': ['42K06', 'Invalid options: Must use the `map()` function for options.'],
  'INVALID_OPTIONS.NON_STRING_TYPE': [
    '42K06',
    'Invalid options: A type of keys and values in `map()` must be string, but got <mapType>.',
  ],
  'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION': [
    '22023',
    "Malformed records are detected in record parsing: <badRecord>. Parse Mode: <failFastMode>. To process malformed records as null result, try setting the option 'mode' as 'PERMISSIVE'.",
  ],
  WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE: ['42601', 'Window function <funcName> requires an OVER clause.'],
  'DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES': [
    '42K09',
    "Cannot resolve <sqlExpr> due to data type mismatch: Input to <functionName> should have been <dataType> followed by a value with same element type, but it's [<leftType>, <rightType>].",
  ],
  'DATATYPE_MISMATCH.BINARY_ARRAY_DIFF_TYPES': [
    '42K09',
    "Cannot resolve <sqlExpr> due to data type mismatch: Input to function <functionName> should have been two <arrayType> with same element type, but it's [<leftType>, <rightType>].",
  ],
  'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: the left and right operands of the binary operator have incompatible types (<left> and <right>).',
  ],
  'DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: the binary operator requires the input type <inputType>, not <actualDataType>.',
  ],
  'DATATYPE_MISMATCH.CANNOT_CONVERT_TO_JSON': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: Unable to convert column <name> of type <type> to JSON.',
  ],
  'DATATYPE_MISMATCH.CANNOT_DROP_ALL_FIELDS': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: Cannot drop all fields in struct.',
  ],
  'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: cannot cast <srcType> to <targetType>.',
  ],
  'DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: cannot cast <srcType> to <targetType> with ANSI mode on. If you have to cast <srcType> to <targetType>, you can set <config> as <configVal>.',
  ],
  'DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: cannot cast <srcType> to <targetType>. To convert values from <srcType> to <targetType>, you can use the functions <functionNames> instead.',
  ],
  'DATATYPE_MISMATCH.CREATE_MAP_KEY_DIFF_TYPES': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: The given keys of function <functionName> should all be the same type, but they are <dataType>.',
  ],
  'DATATYPE_MISMATCH.CREATE_MAP_VALUE_DIFF_TYPES': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: The given values of function <functionName> should all be the same type, but they are <dataType>.',
  ],
  'DATATYPE_MISMATCH.CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: Only foldable `STRING` expressions are allowed to appear at odd position, but they are <inputExprs>.',
  ],
  'DATATYPE_MISMATCH.DATA_DIFF_TYPES': [
    '42K09',
    "Cannot resolve <sqlExpr> due to data type mismatch: Input to <functionName> should all be the same type, but it's <dataType>.",
  ],
  'DATATYPE_MISMATCH.HASH_MAP_TYPE': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: Input to the function <functionName> cannot contain elements of the "MAP" type. In Spark, same maps may have different hashcode, thus hash expressions are prohibited on "MAP" elements. To restore previous behavior set "spark.sql.legacy.allowHashOnMapType" to "true".',
  ],
  'DATATYPE_MISMATCH.INVALID_JSON_SCHEMA': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: Input schema <schema> must be a struct, an array, a map or a variant.',
  ],
  'DATATYPE_MISMATCH.INVALID_JSON_MAP_KEY_TYPE': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: Input schema <schema> can only contain STRING as a key type for a MAP.',
  ],
  'DATATYPE_MISMATCH.INVALID_MAP_KEY_TYPE': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: The key of map cannot be/contain <keyType>.',
  ],
  'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: The <functionName> does not support ordering on type <dataType>.',
  ],
  'DATATYPE_MISMATCH.MAP_CONCAT_DIFF_TYPES': [
    '42K09',
    "Cannot resolve <sqlExpr> due to data type mismatch: The <functionName> should all be of type map, but it's <dataType>.",
  ],
  'DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES': [
    '42K09',
    "Cannot resolve <sqlExpr> due to data type mismatch: Input to <functionName> should have been <dataType> followed by a value with same key type, but it's [<leftType>, <rightType>].",
  ],
  'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: the input <inputName> should be a foldable <inputType> expression; however, got <inputExpr>.',
  ],
  'DATATYPE_MISMATCH.NON_STRING_TYPE': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: all arguments of the function <funcName> must be strings.',
  ],
  'DATATYPE_MISMATCH.NULL_TYPE': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: Null typed values cannot be used as arguments of <functionName>.',
  ],
  'DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: The <leftExprName>(<leftExprValue>) must be <constraint> the <rightExprName>(<rightExprValue>).',
  ],
  'DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: <functionName> uses the wrong parameter type. The parameter type must conform to: 1. The start and stop expressions must resolve to the same type. 2. If start and stop expressions resolve to the <startType> type, then the step expression must resolve to the <stepType> type. 3. Otherwise, if start and stop expressions resolve to the <otherStartType> type, then the step expression must resolve to the same type.',
  ],
  'DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: <msg><hint>.',
  ],
  'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: The <paramIndex> parameter requires the <requiredType> type, however <inputSql> has the type <inputType>.',
  ],
  'DATATYPE_MISMATCH.UNEXPECTED_NULL': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: The <exprName> must not be null.',
  ],
  'DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE': [
    '42K09',
    "Cannot resolve <sqlExpr> due to data type mismatch: The input of <functionName> can't be <dataType> type data.",
  ],
  'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: The <exprName> must be between <valueRange> (current value = <currentValue>).',
  ],
  'DATATYPE_MISMATCH.INVALID_ARG_VALUE': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: The <inputName> value must to be a <requireType> literal of <validValues>, but got <inputValue>.',
  ],
  'DATATYPE_MISMATCH.WRONG_NUM_ARG_TYPES': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: The expression requires <expectedNum> argument types but the actual number is <actualNum>.',
  ],
  'DATATYPE_MISMATCH.NON_STRUCT_TYPE': [
    '42K09',
    'Cannot resolve <sqlExpr> due to data type mismatch: the input <inputName> should be a struct expression; however, got <inputType>.',
  ],
} as const satisfies Readonly<Record<string, readonly [sqlState: string, text: string]>>

export type Condition = keyof typeof CONDITIONS
