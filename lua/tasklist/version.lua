--- The one place of the version number.
return "0.1.0"
