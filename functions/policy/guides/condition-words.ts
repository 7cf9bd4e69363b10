import { type Bilingual, quoted } from '../../shared/text.ts';

/** What the compiler of CEL says of an expression. */
interface CelFault {
  readonly code?: string | undefined;
  /** In English, with what it is about. */
  readonly summary?: string | undefined;
  /** Places in the expression, from 0, the last one left out. */
  readonly range?: { readonly start: number; readonly end: number } | undefined;
}

type Words = readonly [about: RegExp, zh: string, en: string];

const got = /(?:got|found|type) '([^']*)'$/;
const after = /: '?(.*?)'?$/s;
const anything = /^(.*)$/s;
const escaped: Words = [/(\\\S*)/, '文字中的转义$1写法有误', 'the escape $1 in the text is not one'];
const overload: Words = [after, '此处的类型不能作这样的运算：$1', 'these types do not go together here: $1'];
const call: Words = [/'(.*)'$/, '没有可如此调用的函数：$1', 'there is no function that is called so: $1'];
const number: Words = [after, '数字$1写法有误', 'the number $1 is not written as one'];
const unterminated: Words = [anything, '文字缺少结束的引号', 'the text has no closing quote'];
const mixed: Words = [got, '各项的类型应当相同，此处为$1', 'all entries are of one type, and this is $1'];
const index: Words = [got, '不能以$1类型取其中的一项', 'nothing is found in it by the type $1'];
const truth: Words = [got, '此处应为是或否（“bool”），实为$1', 'it has to be "bool" here, and is $1'];
const macro: Words = [
  anything,
  '宏（“has”“all”“exists”“map”“filter”等）的参数有误',
  'an argument of a macro, such as "has" or "all", is not one that it takes',
];
const optional: Words = [anything, '可选值的用法有误', 'an optional value is not used as one'];

/**
 * What each fault of CEL says to people: where the compiler's own sentence names what it is about, and the sentences,
 * with that in place of $1.
 */
export const celWords: Readonly<Record<string, Words>> = {
  unexpected_character: [after, '此处的字符$1无法识别', 'the character $1 cannot be read here'],
  unexpected_token: [after, '此处不应为$1', 'there is $1 where it cannot be'],
  expected_token: [/^Expected (\w+)/, '此处应为$1', 'there has to be $1 here'],
  reserved_identifier: [after, '$1是保留字，不能作名称', '$1 is a word of the language and no name'],
  limit_exceeded: [anything, '表达式过长或嵌套过深', 'the expression is too long, or too deep'],
  expression_must_be_string: [anything, '表达式应为文字', 'the expression is a text'],
  invalid_number: number,
  invalid_integer: number,
  invalid_hex_integer: number,
  invalid_exponent: [anything, '数字的指数写法有误', 'the exponent of the number is not written as one'],
  newline_in_string: [anything, '引号中的文字不能换行', 'the text in quotes has no line breaks'],
  unterminated_string: unterminated,
  unterminated_triple_quoted_string: unterminated,
  bytes_unicode_escape: escaped,
  invalid_unicode_escape: escaped,
  invalid_unicode_surrogate: escaped,
  invalid_hex_escape: escaped,
  invalid_octal_escape: [anything, '八进制转义应为三位数字', 'an octal escape has three digits'],
  octal_escape_out_of_range: escaped,
  invalid_escape_sequence: escaped,
  unknown_variable: [after, '没有名为$1的值', 'there is no value of the name $1'],
  no_such_key: [after, '其中没有$1一项', 'it has no field $1'],
  unsupported_type: [after, '不支持$1类型', 'the type $1 is not known'],
  no_such_overload: overload,
  no_matching_overload: call,
  invalid_condition_type: truth,
  invalid_logical_operand: truth,
  incompatible_ternary_branches: [
    anything,
    '条件的两种结果类型应当相同',
    'both results of a choice are of one type',
  ],
  invalid_comprehension_range: [/type '([^']*)'/, '不能逐项查看$1', '$1 has no entries to look at'],
  invalid_index_type: index,
  cannot_index_type: [got, '$1中没有可取的项', '$1 has nothing in it to be named'],
  heterogeneous_list_element: mixed,
  heterogeneous_map_key: mixed,
  heterogeneous_map_value: mixed,
  invalid_macro_argument: macro,
  incompatible_argument_type: optional,
  optional_expected: optional,
};

/** Marks by the names that the compiler has for them. */
const tokens: Readonly<Record<string, string>> = {
  LPAREN: '(',
  RPAREN: ')',
  LBRACKET: '[',
  RBRACKET: ']',
  LBRACE: '{',
  RBRACE: '}',
  COLON: ':',
  COMMA: ',',
  DOT: '.',
};
const end: Bilingual = { zh: '结尾', en: 'the end' };

/** What is wrong with an expression, and at which of its characters, in both languages. */
export function celFaultWords({ code = '', summary = '', range }: CelFault, expression: string): Bilingual {
  const place = range && [...expression.slice(0, range.start)].length + 1;
  const [about, zh, en] = celWords[code] ?? [anything, '不是有效的表达式', 'it is not a CEL expression'];
  const named = about.exec(summary)?.[1] ?? '';
  const shown = named === 'EOF' ? end : quoted([tokens[named] ?? named]);
  // A function, so that nothing of what was sent is taken for a place of a replacement.
  const words = { zh: zh.replace('$1', () => shown.zh), en: en.replace('$1', () => shown.en) };
  if (place === undefined) return words;
  return { zh: `第 ${place} 个字符处：${words.zh}`, en: `at character ${place}: ${words.en}` };
}
