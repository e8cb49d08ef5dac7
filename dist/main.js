import { t as runCommandOnGitHub } from "./chunks/on-github.js";
import { t as actions } from "./chunks/actions.js";

// src/entries/main.ts
await runCommandOnGitHub(actions);

export {  };