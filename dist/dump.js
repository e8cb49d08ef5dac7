import { n as runOnGitHub } from "./chunks/on-github.js";
import { t as actions } from "./chunks/actions.js";

// src/entries/dump.ts
await runOnGitHub(actions.dump);

export {  };