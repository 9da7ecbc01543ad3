// @ts-check
import { mounted } from "../kit/mount.js";
import { Rescaled } from "./rescaled.js";

export default mounted(Rescaled, { selector: ".drag", trigger: "commit" });
