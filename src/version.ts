// Made by `npm run generate` from package.json; do not edit.
export const VERSION = '0.1.0';
