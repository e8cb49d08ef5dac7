import { n as runOnGitHub } from "./chunks/on-github.js";
import { t as actions } from "./chunks/actions.js";

// src/entries/verify.ts
await runOnGitHub(actions.verify);

export {  };