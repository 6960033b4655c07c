import type * as TypeScript from 'typescript'
import type { CellSyntaxError, CompiledCell } from '../../protocol/workers/kernel'

/** The compiler, given by who has one: Monaco's worker in the page, the npm package in tests. */
export type Compiler = typeof TypeScript

/** The parameter of the compiled function: an object that holds the notebook's names. */
const NAMES = '$cells'
/** Called once in each round of a loop, so that a loop can be interrupted. */
const TICK = '$tick'
/** Globals that a notebook has its own of: on the session clock, or printing under the cell. */
const GIVEN_NAMES = ['console', 'setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'queueMicrotask']
const FILE = 'cell.ts'

/**
 * A cell as a function: top-level declarations become properties of the notebook's names (declaring again is fine, the last run
 * wins), references to names of any cell read them there, the last expression is the result, `await` works everywhere.
 *
 * `async` functions come out as generators run by `__awaiter`, which the kernel gives, so that what a cell left running still
 * knows its cell, and can be stopped. `sharedNames`: names of other cells that hide a global of the same name.
 */
export function compileCell(ts: Compiler, source: string, sharedNames: readonly string[]): CompiledCell {
  // The suffix makes the text a module, where `await` stands anywhere.
  const program = programOf(ts, `${source}\nexport {}`)
  const file = program.getSourceFile(FILE)
  if (file === undefined) throw new Error('The compiler lost the cell')
  const errors = program.getSyntacticDiagnostics(file).map((error) => syntaxError(ts, file, error))
  if (errors.length > 0) return { code: '', mappings: '', names: [], errors }
  const names = declaredNames(ts, file)
  const shared = new Set([...GIVEN_NAMES, ...sharedNames, ...names])
  let code = ''
  let mappings = ''
  program.emit(
    file,
    (name, text) => {
      if (name.endsWith('.map')) mappings = (JSON.parse(text) as { mappings: string }).mappings
      else code = text
    },
    undefined,
    false,
    { before: [cellTransformer(ts, program.getTypeChecker(), shared)] },
  )
  return {
    code: code.replace(/^export \{\};?$/m, '').replace(/^\/\/# sourceMappingURL=.*$/m, ''),
    mappings,
    names,
    errors: [],
  }
}

/** Names a cell declares at its top: what later cells may use. */
export function declaredNames(ts: Compiler, file: TypeScript.SourceFile): string[] {
  const names: string[] = []
  for (const statement of file.statements) {
    if (ts.isVariableStatement(statement)) {
      for (const declaration of statement.declarationList.declarations) bindingNames(ts, declaration.name, names)
    } else if (
      ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isEnumDeclaration(statement)
    ) {
      if (statement.name) names.push(statement.name.text)
    } else if (ts.isImportDeclaration(statement)) importedNames(ts, statement, names)
  }
  return [...new Set(names)]
}

function programOf(ts: Compiler, text: string): TypeScript.Program {
  const options: TypeScript.CompilerOptions = {
    // ES2016 has no `async`: see `__awaiter` above.
    target: ts.ScriptTarget.ES2016,
    module: ts.ModuleKind.ESNext,
    noLib: true,
    noResolve: true,
    types: [],
    sourceMap: true,
    removeComments: true,
    isolatedModules: true,
    useDefineForClassFields: true,
    // A name that only a type uses is still a value of another cell.
    verbatimModuleSyntax: false,
  }
  const file = ts.createSourceFile(FILE, text, ts.ScriptTarget.ESNext, true)
  return ts.createProgram({
    rootNames: [FILE],
    options,
    host: {
      getSourceFile: (name) => (name === FILE ? file : undefined),
      getDefaultLibFileName: () => 'lib.d.ts',
      writeFile: () => undefined,
      getCurrentDirectory: () => '',
      getCanonicalFileName: (name) => name,
      useCaseSensitiveFileNames: () => true,
      getNewLine: () => '\n',
      fileExists: (name) => name === FILE,
      readFile: () => undefined,
    },
  })
}

function cellTransformer(
  ts: Compiler,
  checker: TypeScript.TypeChecker,
  shared: ReadonlySet<string>,
): TypeScript.TransformerFactory<TypeScript.SourceFile> {
  return (context) => (file) => {
    const { factory } = context
    const nameOf = (name: string) => factory.createPropertyAccessExpression(factory.createIdentifier(NAMES), name)

    /** A name of the notebook, not of a function inside the cell and not a global. */
    const isShared = (node: TypeScript.Identifier): boolean => {
      const parent = node.parent as TypeScript.Node | undefined
      const symbol =
        parent !== undefined && ts.isShorthandPropertyAssignment(parent)
          ? checker.getShorthandAssignmentValueSymbol(parent)
          : checker.getSymbolAtLocation(node)
      const declaration = symbol?.declarations?.[0]
      if (declaration !== undefined) return isTopLevel(ts, declaration, file)
      if (shared.has(node.text)) return true
      return !(node.text in globalThis) && !NEVER_SHARED.has(node.text)
    }

    const visit = (node: TypeScript.Node): TypeScript.Node => {
      if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return node
      if (ts.isShorthandPropertyAssignment(node)) {
        if (!isShared(node.name)) return ts.visitEachChild(node, visit, context)
        const value = nameOf(node.name.text)
        const fallback = node.objectAssignmentInitializer
        return factory.createPropertyAssignment(
          node.name,
          fallback === undefined
            ? value
            : factory.createAssignment(value, ts.visitNode(fallback, visit) as TypeScript.Expression),
        )
      }
      if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && isShared(node.expression)) {
        // Called bare, so that `this` is not the table of names.
        const callee = factory.createParenthesizedExpression(
          factory.createComma(factory.createNumericLiteral(0), at(node.expression, nameOf(node.expression.text))),
        )
        return ts.setTextRange(
          factory.updateCallExpression(
            node,
            callee,
            node.typeArguments,
            ts.visitNodes(node.arguments, visit) as TypeScript.NodeArray<TypeScript.Expression>,
          ),
          node,
        )
      }
      if (ts.isTypeOfExpression(node) && ts.isIdentifier(node.expression) && isShared(node.expression)) {
        // `typeof` of a name nobody defined is "undefined", not an error.
        const name = factory.createStringLiteral(node.expression.text)
        return factory.createParenthesizedExpression(
          factory.createConditionalExpression(
            factory.createCallExpression(
              factory.createPropertyAccessExpression(factory.createIdentifier('Object'), 'hasOwn'),
              undefined,
              [factory.createIdentifier(NAMES), name],
            ),
            undefined,
            factory.createTypeOfExpression(nameOf(node.expression.text)),
            undefined,
            factory.createStringLiteral('undefined'),
          ),
        )
      }
      if (ts.isIdentifier(node)) return isReference(ts, node) && isShared(node) ? at(node, nameOf(node.text)) : node
      if (ts.isIterationStatement(node, false)) return ticking(ts.visitEachChild(node, visit, context))
      return ts.visitEachChild(node, visit, context)
    }

    const at = <T extends TypeScript.Node>(original: TypeScript.Node, made: T): T =>
      ts.setSourceMapRange(ts.setTextRange(made, original), original)

    /** A loop that looks for an interrupt in each round. */
    const ticking = (loop: TypeScript.IterationStatement): TypeScript.IterationStatement => {
      const tick = factory.createExpressionStatement(factory.createCallExpression(nameOf(TICK), undefined, []))
      const body = factory.createBlock(
        ts.isBlock(loop.statement) ? [tick, ...loop.statement.statements] : [tick, loop.statement],
        true,
      )
      if (ts.isForStatement(loop))
        return factory.updateForStatement(loop, loop.initializer, loop.condition, loop.incrementor, body)
      if (ts.isForInStatement(loop)) return factory.updateForInStatement(loop, loop.initializer, loop.expression, body)
      if (ts.isForOfStatement(loop))
        return factory.updateForOfStatement(loop, loop.awaitModifier, loop.initializer, loop.expression, body)
      if (ts.isWhileStatement(loop)) return factory.updateWhileStatement(loop, loop.expression, body)
      if (ts.isDoStatement(loop)) return factory.updateDoStatement(loop, body, loop.expression)
      return loop
    }

    const assign = (target: TypeScript.Expression, value: TypeScript.Expression, original: TypeScript.Node) =>
      at(original, factory.createExpressionStatement(factory.createAssignment(target, value)))

    /** A binding pattern as the left side of an assignment. */
    const targetOf = (name: TypeScript.BindingName): TypeScript.Expression => {
      if (ts.isIdentifier(name)) return nameOf(name.text)
      if (ts.isArrayBindingPattern(name))
        return factory.createArrayLiteralExpression(
          name.elements.map((element) => {
            if (ts.isOmittedExpression(element)) return element
            const target = withDefault(targetOf(element.name), element.initializer)
            return element.dotDotDotToken ? factory.createSpreadElement(target) : target
          }),
        )
      return factory.createObjectLiteralExpression(
        name.elements.map((element) => {
          const target = targetOf(element.name)
          if (element.dotDotDotToken) return factory.createSpreadAssignment(target)
          const key = element.propertyName ?? (element.name as TypeScript.Identifier)
          return factory.createPropertyAssignment(
            ts.isComputedPropertyName(key) ? (ts.visitNode(key, visit) as TypeScript.PropertyName) : key,
            withDefault(target, element.initializer),
          )
        }),
      )
    }
    const withDefault = (target: TypeScript.Expression, initializer: TypeScript.Expression | undefined) =>
      initializer === undefined
        ? target
        : factory.createAssignment(target, ts.visitNode(initializer, visit) as TypeScript.Expression)

    const hoisted: TypeScript.Statement[] = []
    const body: TypeScript.Statement[] = []
    const last = file.statements.filter((statement) => !ts.isExportDeclaration(statement)).at(-1)
    const visitExpression = (node: TypeScript.Expression) => ts.visitNode(node, visit) as TypeScript.Expression

    const addStatement = (statement: TypeScript.Statement): void => {
      if (ts.isExportDeclaration(statement) || ts.isInterfaceDeclaration(statement)) return
      if (ts.isTypeAliasDeclaration(statement)) return
      if (ts.isVariableStatement(statement)) {
        for (const declaration of statement.declarationList.declarations) {
          const value = declaration.initializer
          const names: string[] = []
          bindingNames(ts, declaration.name, names)
          // The key of the object is the name, so that a function or class made here is called by it.
          if (value === undefined)
            for (const name of names) body.push(assign(nameOf(name), factory.createVoidZero(), declaration))
          else if (ts.isIdentifier(declaration.name) && isAnonymous(ts, value))
            body.push(
              assign(nameOf(declaration.name.text), named(declaration.name.text, visitExpression(value)), declaration),
            )
          else body.push(assign(targetOf(declaration.name), visitExpression(value), declaration))
        }
        return
      }
      if (ts.isFunctionDeclaration(statement)) {
        if (statement.body === undefined || statement.name === undefined) return
        const made = ts.visitEachChild(statement, visit, context)
        const expression = factory.createFunctionExpression(
          made.modifiers?.filter((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword),
          made.asteriskToken,
          undefined,
          undefined,
          made.parameters,
          undefined,
          made.body ?? factory.createBlock([]),
        )
        hoisted.push(
          assign(nameOf(statement.name.text), named(statement.name.text, at(statement, expression)), statement),
        )
        return
      }
      if (ts.isClassDeclaration(statement) && statement.name) {
        const made = ts.visitEachChild(statement, visit, context)
        const expression = factory.createClassExpression(
          made.modifiers?.filter((modifier) => ts.isDecorator(modifier)),
          statement.name,
          undefined,
          made.heritageClauses,
          made.members,
        )
        body.push(assign(nameOf(statement.name.text), at(statement, expression), statement))
        return
      }
      if (ts.isEnumDeclaration(statement)) {
        // The enum itself stays as TypeScript makes it; its name is then shared.
        body.push(statement, assign(nameOf(statement.name.text), statement.name, statement))
        return
      }
      if (ts.isImportDeclaration(statement)) {
        body.push(...imported(ts, factory, statement, nameOf))
        return
      }
      if (ts.isExpressionStatement(statement) && statement === last) {
        body.push(at(statement, factory.createReturnStatement(visitExpression(statement.expression))))
        return
      }
      body.push(ts.visitNode(statement, visit) as TypeScript.Statement)
    }
    const named = (name: string, value: TypeScript.Expression) =>
      factory.createElementAccessExpression(
        factory.createObjectLiteralExpression([
          factory.createPropertyAssignment(factory.createStringLiteral(name), value),
        ]),
        factory.createStringLiteral(name),
      )
    file.statements.forEach(addStatement)

    const main = factory.createFunctionExpression(
      [factory.createModifier(ts.SyntaxKind.AsyncKeyword)],
      undefined,
      undefined,
      undefined,
      [],
      undefined,
      factory.createBlock([...hoisted, ...body], true),
    )
    const run = factory.createCallExpression(
      factory.createPropertyAccessExpression(factory.createParenthesizedExpression(main), 'call'),
      undefined,
      [factory.createVoidZero()],
    )
    return factory.updateSourceFile(file, [factory.createReturnStatement(run)])
  }
}

/** Words that read like names and are not. */
const NEVER_SHARED: ReadonlySet<string> = new Set(['undefined', 'arguments', 'NaN', 'Infinity', 'globalThis', 'eval'])

function isTopLevel(ts: Compiler, declaration: TypeScript.Node, file: TypeScript.SourceFile): boolean {
  if (ts.isEnumDeclaration(declaration)) return declaration.parent === file
  for (let at: TypeScript.Node = declaration; ; at = at.parent) {
    if (ts.isSourceFile(at)) return at === file
    if (
      ts.isVariableDeclaration(at) ||
      ts.isVariableDeclarationList(at) ||
      ts.isBindingElement(at) ||
      ts.isObjectBindingPattern(at) ||
      ts.isArrayBindingPattern(at) ||
      ts.isImportClause(at) ||
      ts.isImportSpecifier(at) ||
      ts.isNamedImports(at) ||
      ts.isNamespaceImport(at)
    )
      continue
    if (ts.isVariableStatement(at) || ts.isImportDeclaration(at)) return at.parent === file
    if ((ts.isFunctionDeclaration(at) || ts.isClassDeclaration(at)) && at === declaration) return at.parent === file
    return false
  }
}

/** An identifier that stands for a value: not a key, a label, or the name of a declaration. */
function isReference(ts: Compiler, node: TypeScript.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isQualifiedName(parent)) return false
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node
  if (ts.isBindingElement(parent)) return parent.initializer === node
  if (
    ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isEnumMember(parent)
  )
    return parent.initializer === node
  if (
    ts.isFunctionLike(parent) ||
    ts.isClassLike(parent) ||
    ts.isEnumDeclaration(parent) ||
    ts.isLabeledStatement(parent) ||
    ts.isBreakOrContinueStatement(parent) ||
    ts.isMetaProperty(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isImportClause(parent) ||
    ts.isNamespaceImport(parent) ||
    ts.isExportSpecifier(parent) ||
    ts.isTypeNode(parent) ||
    ts.isInterfaceDeclaration(parent) ||
    ts.isTypeAliasDeclaration(parent) ||
    ts.isTypeParameterDeclaration(parent) ||
    ts.isModuleDeclaration(parent)
  )
    return ts.isArrowFunction(parent) && parent.body === node
  return true
}

function isAnonymous(ts: Compiler, value: TypeScript.Expression): boolean {
  return ts.isArrowFunction(value) || ((ts.isFunctionExpression(value) || ts.isClassExpression(value)) && !value.name)
}

function bindingNames(ts: Compiler, name: TypeScript.BindingName, into: string[]): void {
  if (ts.isIdentifier(name)) into.push(name.text)
  else for (const element of name.elements) if (ts.isBindingElement(element)) bindingNames(ts, element.name, into)
}

function importedNames(ts: Compiler, { importClause }: TypeScript.ImportDeclaration, into: string[]): void {
  if (importClause === undefined || importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return
  if (importClause.name) into.push(importClause.name.text)
  const bindings = importClause.namedBindings
  if (bindings === undefined) return
  if (ts.isNamespaceImport(bindings)) into.push(bindings.name.text)
  else for (const each of bindings.elements) if (!each.isTypeOnly) into.push(each.name.text)
}

/** `import { functions as F } from 'runnel'` as reads of the module that `$import` gives. */
function imported(
  ts: Compiler,
  factory: TypeScript.NodeFactory,
  statement: TypeScript.ImportDeclaration,
  nameOf: (name: string) => TypeScript.Expression,
): TypeScript.Statement[] {
  const names: string[] = []
  importedNames(ts, statement, names)
  const { importClause } = statement
  if (importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return []
  const module = () => factory.createCallExpression(nameOf('$import'), undefined, [statement.moduleSpecifier])
  const assign = (name: string, value: TypeScript.Expression) =>
    ts.setTextRange(factory.createExpressionStatement(factory.createAssignment(nameOf(name), value)), statement)
  if (importClause === undefined) return [factory.createExpressionStatement(module())]
  const made: TypeScript.Statement[] = []
  if (importClause.name)
    made.push(assign(importClause.name.text, factory.createPropertyAccessExpression(module(), 'default')))
  const bindings = importClause.namedBindings
  if (bindings !== undefined && ts.isNamespaceImport(bindings)) made.push(assign(bindings.name.text, module()))
  if (bindings !== undefined && ts.isNamedImports(bindings))
    for (const each of bindings.elements)
      if (!each.isTypeOnly)
        made.push(
          assign(
            each.name.text,
            factory.createElementAccessExpression(
              module(),
              factory.createStringLiteral((each.propertyName ?? each.name).text),
            ),
          ),
        )
  return made
}

function syntaxError(ts: Compiler, file: TypeScript.SourceFile, error: TypeScript.Diagnostic): CellSyntaxError {
  const { line, character } = file.getLineAndCharacterOfPosition(error.start ?? 0)
  return {
    message: ts.flattenDiagnosticMessageText(error.messageText, '\n'),
    // What is missing at the end shows only in the suffix.
    line: Math.min(line + 1, file.getLineAndCharacterOfPosition(file.end).line),
    column: character + 1,
  }
}
