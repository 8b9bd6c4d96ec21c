// A target of documentation has to have a source file. The text lies in SwiftSSD.docc.
