/** The one table of opencc-js that folding needs; the package types its converters, not its tables. */
declare module 'opencc-js/dict/TSCharacters' {
  /** `traditional simplified` pairs, parted by `|`; where several simplified forms are given, the first is the usual one. */
  const pairs: string;
  export default pairs;
}
