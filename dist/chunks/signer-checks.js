import { y as checkFor } from "./ssh-connection.js";

// src/entries/signer-checks.ts
function signerChecks(declared, encryption) {
	const { "trusted-signers": signers, "trusted-provers": provers } = declared;
	return {
		trustedSigners: checkFor({ "trusted-signers": signers }, ["trusted-signers"], ({ trustedSigners }) => trustedSigners === void 0 ? void 0 : encryption.readTrustedSigners(trustedSigners)),
		trustedProvers: checkFor({ "trusted-provers": provers }, ["trusted-provers"], ({ trustedProvers }) => trustedProvers === void 0 ? void 0 : encryption.readTrustedSigners(trustedProvers))
	};
}

export { signerChecks as t };