// @ts-check
import { mounted } from "../kit/mount.js";
import { Kinds } from "./kinds.js";

export default mounted(Kinds, { selector: ".drag", trigger: "commit" });
