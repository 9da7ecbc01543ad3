// @ts-check
import { mounted } from "../kit/mount.js";
import { Batches } from "./batches.js";

export default mounted(Batches, { selector: ".drag", trigger: "commit" });
