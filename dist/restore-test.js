import { n as runOnGitHub } from "./chunks/on-github.js";
import { t as actions } from "./chunks/actions.js";

// src/entries/restore-test.ts
await runOnGitHub(actions["restore-test"]);

export {  };