// For tests of stores of another kind.
export function noSftp(): never {
  throw new Error('this test has no SFTP server');
}
