// @ts-check
import { mounted } from "../kit/mount.js";
import { Deep } from "./deep.js";

export default mounted(Deep, { selector: ".drag", trigger: "commit" });
