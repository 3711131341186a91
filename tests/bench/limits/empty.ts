// What any program made by "deno compile" takes, whatever it does.
console.log("nothing");
