// Shell, Perl and awk programs that run on a target are kept as files of their own and bundled as text.
declare module '*.sh' {
  export const text: string;
}
declare module '*.pl' {
  export const text: string;
}
declare module '*.awk' {
  export const text: string;
}
