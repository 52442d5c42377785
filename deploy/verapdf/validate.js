// For each file named: a line of JSON with the standard it says it follows, whether it does, and what is wrong.
importClass(Packages.org.verapdf.pdfa.Foundries);
Packages.org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider.initialise();

for (var i = 0; i < arguments.length; i++) {
  var parser = Foundries.defaultInstance().createParser(new java.io.FileInputStream(arguments[i]));
  var flavour = parser.getFlavour();
  var result = Foundries.defaultInstance().createValidator(flavour, false).validate(parser);
  var faults = [];
  for (var all = result.getTestAssertions().iterator(); all.hasNext(); ) {
    var found = all.next();
    if (String(found.getStatus().name()) === "FAILED") {
      faults.push(String(found.getRuleId().getClause()) + ": " + String(found.getMessage()));
    }
  }
  parser.close();
  print(JSON.stringify({ file: String(arguments[i]), flavour: String(flavour), compliant: result.isCompliant(), faults: faults }));
}
