-- Numbered figures, tables and sections, and references to them, as Quarto writes them: ::: {#fig-x} and ::: {#tbl-x} with the
-- caption as the last paragraph, headings with {#sec-x}, and @fig-x, @tbl-x, @sec-x. Runs before citeproc.

local KINDS = { fig = "Figure", tbl = "Table", sec = "Section" }
local WIDEST_PT = 539 -- of a picture in the PDF, which may be wider than the text: 190 mm, the width of the widest figures
local LINES_A_PAGE = 52 -- of a table
local targets = {} -- identifier -> what a reference to it says
local unknown = {}

local function kind_of(identifier)
  return identifier:match("^(%l+)%-") or ""
end

local IN_PLACE = "#let short-table = placed-table\n#show figure.where(kind: image): set figure(placement: none)"

local function number_headings(blocks)
  local top, counts = nil, {}
  for _, block in ipairs(blocks) do
    if block.t == "Header" then
      top = top or block.level
      if not block.classes:includes("unnumbered") then
        local depth = block.level - top + 1
        counts[depth] = (counts[depth] or 0) + 1
        for deeper = depth + 1, #counts do counts[deeper] = nil end
        local number = table.concat(counts, ".")
        targets[block.identifier] = "Section\u{a0}" .. number
        block.content:insert(1, pandoc.Span(number, { class = "header-section-number" }))
        block.content:insert(2, pandoc.Space())
      end
      if FORMAT ~= "html" then block.level = block.level - top + 1 end
    end
  end
end

-- A picture in the PDF has its own size, as far as the page is wide enough for it.
local function fit_page(image)
  if FORMAT ~= "typst" then return nil end
  local file = io.open(image.src) or io.open(image.src .. ".svg")
  local width = file and tonumber(file:read(2000):match('width="([%d.]+)pt"'))
  if file then file:close() end
  image.attributes.width = width and width < WIDEST_PT and (width .. "pt") or "100%"
  return image
end

-- About how many lines of the page a table takes.
local function lines_of(block)
  local lines, width = 0, 190 / #block.colspecs
  for _, body in ipairs(block.bodies) do
    for _, row in ipairs(body.body) do
      local tallest = 1
      for _, cell in ipairs(row.cells) do
        tallest = math.max(tallest, math.ceil(#pandoc.utils.stringify(cell.contents) / (width * cell.col_span)))
      end
      lines = lines + tallest
    end
  end
  return lines
end

-- The writer centres tables and numbers their captions; here they stand to the left, small, with the notes below them.
local function typst_table(div, words)
  local parts, lines = pandoc.List(), 0
  for _, block in ipairs(div.content) do
    if block.t == "Table" then lines = lines_of(block) end
    local text = pandoc.write(pandoc.Pandoc({ block }), "typst")
    local inner = block.t == "Table" and text:match("#table%b()")
    inner = inner and inner:gsub("(table.cell%(align: center, colspan: %d+)", "%1, stroke: (bottom: 0.4pt)")
    parts:insert(inner and ("#text(" .. (#block.colspecs > 7 and "7.2pt" or "8pt") .. ")[" .. inner .. "]")
      or "#text(8pt)[" .. text .. "]")
  end
  local caption = pandoc.write(pandoc.Pandoc({ pandoc.Plain(words) }), "typst")
  return pandoc.RawBlock("typst", (lines <= LINES_A_PAGE and "#short-table[" or "#long-table[") .. caption
    .. "][#align(left)[\n" .. table.concat(parts, "\n\n") .. "\n]]\n<" .. div.identifier .. ">\n")
end

local function finish_table(div, words)
  local found = false
  div.content = pandoc.Blocks(div.content):walk({
    Table = function(block)
      if not found and FORMAT ~= "typst" then block.caption = { long = { pandoc.Plain(words) } } end
      found = true
      return block
    end,
  })
  if not found then error(div.identifier .. ": there is no table in it") end
  if FORMAT == "typst" then return typst_table(div, words) end
  return pandoc.Div(div.content, { id = div.identifier, class = "table" })
end

local function finish_figure(div, words)
  local content = div.content:walk({ Image = fit_page }):walk({
    Image = function(image)
      if #image.caption == 0 then image.caption = pandoc.Inlines(pandoc.utils.stringify(words)) end
      return image
    end,
  })
  return pandoc.Figure(content, { long = { pandoc.Plain(words) } }, { div.identifier })
end

local float_counts = {}
local function name_of(kind, identifier)
  float_counts[kind] = (float_counts[kind] or 0) + 1
  local name = KINDS[kind] .. "\u{a0}" .. float_counts[kind]
  targets[identifier] = name
  return pandoc.Inlines({ pandoc.Strong({ pandoc.Str(name .. ".") }), pandoc.Space() })
end

local function number_float(div)
  local kind = kind_of(div.identifier)
  if kind ~= "fig" and kind ~= "tbl" then return nil end
  local caption = div.content:remove()
  if not caption or caption.t ~= "Para" then error(div.identifier .. ": the last paragraph should be its caption") end
  local words = name_of(kind, div.identifier) .. caption.content
  return kind == "fig" and finish_figure(div, words) or finish_table(div, words), false
end

-- A table may also name itself in its caption, `: Caption {#tbl-x}`.
local function number_table(block)
  if kind_of(block.identifier) ~= "tbl" then return nil end
  local words = name_of("tbl", block.identifier) .. pandoc.utils.blocks_to_inlines(block.caption.long)
  local identifier = block.identifier
  block.identifier, block.caption = "", { long = {} }
  return finish_table(pandoc.Div({ block }, { id = identifier }), words), false
end

local function refer(cite)
  local references = 0
  for _, citation in ipairs(cite.citations) do
    if KINDS[kind_of(citation.id)] then references = references + 1 end
  end
  if references == 0 then return nil end
  local inlines = pandoc.Inlines({})
  for position, citation in ipairs(cite.citations) do
    local says = targets[citation.id]
    if not says then unknown[citation.id] = true end
    if position > 1 then inlines:extend({ pandoc.Str(","), pandoc.Space() }) end
    if citation.mode == "SuppressAuthor" and says then says = says:match("\u{a0}(.*)$") end
    inlines:insert(pandoc.Link(says or "?", "#" .. citation.id, "", { class = "cross-reference" }))
  end
  return inlines
end

-- As Quarto has it: `crossref: {fig-title: Supplementary Figure}` in a document's head.
local function read_titles(declared)
  for kind in pairs(KINDS) do
    local title = declared and declared[kind .. "-title"]
    if title then KINDS[kind] = pandoc.utils.stringify(title) end
  end
end

function Pandoc(document)
  read_titles(document.meta.crossref)
  number_headings(document.blocks)
  if FORMAT == "typst" then
    document.blocks = document.blocks:walk({
      Header = function(block)
        if block.classes:includes("in-place") then return { block, pandoc.RawBlock("typst", IN_PLACE) } end
      end,
    })
  end
  document.blocks = document.blocks:walk({ Div = number_float, Table = number_table, traverse = "topdown" })
  document = document:walk({ Cite = refer })
  local missing = {}
  for identifier in pairs(unknown) do table.insert(missing, "@" .. identifier) end
  table.sort(missing)
  if #missing > 0 then error("nothing in the paper is called " .. table.concat(missing, ", ")) end
  return document
end
